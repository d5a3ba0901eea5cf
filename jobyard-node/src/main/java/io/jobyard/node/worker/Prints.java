package io.jobyard.node.worker;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A worker's standard output or error: what a run prints goes to the run, whatever else is printed
 * goes where it would have gone.
 *
 * <p>Who speaks is known by the thread that writes, which a {@link PrintStream} keeps as it is.
 * Safe for use by many threads.
 */
final class Prints extends OutputStream {
  private final PrintStream original;
  private final Onlooker onlooker;
  private final Performer.Stream stream;

  private Prints(PrintStream original, Onlooker onlooker, Performer.Stream stream) {
    this.original = original;
    this.onlooker = onlooker;
    this.stream = stream;
  }

  /** In UTF-8, whatever the locale: so it is read at the other end. */
  static PrintStream caught(PrintStream original, Onlooker onlooker, Performer.Stream stream) {
    return new PrintStream(new Prints(original, onlooker, stream), false, StandardCharsets.UTF_8);
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) {
    Performer performer = onlooker.performer();
    if (performer == null || !performer.print(stream, bytes, from, count)) {
      original.write(bytes, from, count);
      original.flush();
    }
  }

  @Override
  public void flush() {
    original.flush();
  }
}
