package io.jobyard.node.control;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** JSON documents over a socket, one a line. */
final class Lines implements AutoCloseable {
  /** No request or answer comes near this. */
  private static final int LONGEST = 16 * 1024 * 1024;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final SocketChannel channel;
  private final BufferedReader in;
  private final Writer out;

  Lines(SocketChannel channel) {
    this.channel = channel;
    this.in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    this.out = Channels.newWriter(channel, StandardCharsets.UTF_8);
  }

  void write(Object value) throws IOException {
    out.write(JSON.writeValueAsString(value));
    out.write('\n');
    out.flush();
  }

  /** Null at the end. */
  <T> @Nullable T read(Class<T> type) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      if (line.length() == LONGEST) {
        throw new IOException("a line of more than " + LONGEST + " characters");
      }
      line.append((char) c);
    }
    try {
      return JSON.readValue(line.toString(), type);
    } catch (JacksonException e) {
      throw new IOException("not understood: " + e.getOriginalMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
