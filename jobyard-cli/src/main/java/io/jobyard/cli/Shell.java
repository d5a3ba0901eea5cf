package io.jobyard.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What a command has around it.
 *
 * @param out results only
 * @param err everything else: errors, progress, questions
 * @param asks whether somebody sits there who can answer a question
 * @param shows whether somebody watches the progress
 */
record Shell(InputStream in, PrintWriter out, PrintWriter err, boolean asks, boolean shows) {

  /**
   * The process's own streams. Which of them are a terminal only the launcher can tell cheaply: it
   * says so in the property {@code jobyard.tty}, as the numbers of those that are.
   */
  static Shell ofProcess() {
    String terminals = System.getProperty("jobyard.tty", "");
    return new Shell(
        System.in,
        writer(System.out),
        writer(System.err),
        terminals.contains("0") && terminals.contains("2"),
        terminals.contains("2"));
  }

  /** Asks a question on standard error; only "y" or "yes" is a yes. */
  boolean confirm(String question) {
    err.print(question + " [y/N] ");
    err.flush();
    try {
      String answer =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
      return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the answer from standard input", e);
    }
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }
}
