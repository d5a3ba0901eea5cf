package io.jobyard.node.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What a manager tells a worker on its standard input: not on the command line, which everybody can
 * read, nor in the environment, which is passed on to whatever a job starts.
 *
 * @param socket where the manager listens
 * @param secret proves who is asking
 * @param board the shared {@link BoardFile}
 */
public record Launch(Path socket, String secret, Path board) {
  /** Writes it and closes the stream. */
  public void writeTo(OutputStream stdin) throws IOException {
    try (stdin) {
      stdin.write((socket + "\n" + secret + "\n" + board + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  static Launch readFrom(InputStream stdin) throws IOException {
    try (var lines = new BufferedReader(new InputStreamReader(stdin, StandardCharsets.UTF_8))) {
      String socket = lines.readLine();
      String secret = lines.readLine();
      String board = lines.readLine();
      if (socket == null || secret == null || board == null) {
        throw new IOException("a worker is started by its manager: use jobyard worker start");
      }
      return new Launch(Path.of(socket), secret, Path.of(board));
    }
  }
}
