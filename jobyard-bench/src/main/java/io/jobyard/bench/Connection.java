package io.jobyard.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One HTTP connection that stays open, for one thread. It does little itself, so that the server is
 * measured: a client of the JDK costs about as much as what it asks for.
 */
final class Connection implements AutoCloseable {
  private static final String LENGTH = "content-length:";
  private static final int FIRST_DIGIT = 9;

  private final Socket socket;
  private final OutputStream out;
  private final InputStream in;

  Connection(URI address) throws IOException {
    socket = new Socket(address.getHost(), address.getPort());
    socket.setTcpNoDelay(true);
    out = socket.getOutputStream();
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** A request to be sent as often as wanted. */
  static byte[] request(String method, String path, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(method, path, bytes.length);
    return (head + body).getBytes(StandardCharsets.UTF_8);
  }

  /** Sends it and reads the whole answer, which says how long it is. */
  void ask(byte[] request) throws IOException {
    out.write(request);
    String status = line();
    long length = -1;
    boolean chunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith(LENGTH)) {
        length = Long.parseLong(lower.substring(LENGTH.length()).strip());
      }
      chunked |= lower.equals("transfer-encoding: chunked");
    }
    if (status.charAt(FIRST_DIGIT) != '2') {
      throw new IOException("the server answered " + status);
    }
    if (chunked) {
      for (int size = chunk(); size > 0; size = chunk()) {
        in.skipNBytes(size);
        line();
      }
      line();
    } else {
      in.skipNBytes(length);
    }
  }

  /** Sends it and reads on until the connection is closed. */
  void follow(byte[] request) throws IOException {
    out.write(request);
    in.transferTo(OutputStream.nullOutputStream());
  }

  private int chunk() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (next == '\n') {
        return line.toString();
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
