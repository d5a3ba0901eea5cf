package io.jobyard.run;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Makes lines of what a job or its program prints, at a pace that logs and sockets can bear: a line
 * is cut at 4 KiB, and of a flood no more than 1,000 lines a second are passed on, with a line that
 * says how many were left out. Safe for use by many threads.
 */
public final class LineFeed {
  private static final int LINE_BYTES = 4 * 1024;
  private static final int LINES_A_SECOND = 1_000;
  private static final int BURST = 2_000;
  private static final double NANOS_A_LINE = 1e9 / LINES_A_SECOND;

  private final Consumer<String> sink;
  private final LongSupplier clock;
  private final byte[] line = new byte[LINE_BYTES];
  private int length;
  private double credit = BURST;
  private long creditAt;
  private long leftOut;

  /**
   * @param sink takes each line, without its end
   */
  public LineFeed(Consumer<String> sink) {
    this(sink, System::nanoTime);
  }

  LineFeed(Consumer<String> sink, LongSupplier clock) {
    this.sink = sink;
    this.clock = clock;
    this.creditAt = clock.getAsLong();
  }

  /** Takes the next bytes. */
  public synchronized void write(byte[] bytes, int from, int count) {
    for (int i = from; i < from + count; i++) {
      byte value = bytes[i];
      if (value == '\n') {
        endLine();
      } else {
        line[length++] = value;
        if (length == LINE_BYTES) {
          endLine();
        }
      }
    }
  }

  /** Passes on a last line without an end. */
  public synchronized void flush() {
    if (length > 0) {
      endLine();
    }
    if (leftOut > 0) {
      sayLeftOut();
    }
  }

  private void endLine() {
    int count = length;
    length = 0;
    if (spend()) {
      if (leftOut > 0) {
        sayLeftOut();
      }
      sink.accept(new String(line, 0, count, StandardCharsets.UTF_8).stripTrailing());
    } else {
      leftOut++;
    }
  }

  private boolean spend() {
    if (credit < 1) {
      long now = clock.getAsLong();
      credit = Math.min(BURST, credit + (now - creditAt) / NANOS_A_LINE);
      creditAt = now;
    }
    if (credit < 1) {
      return false;
    }
    credit--;
    return true;
  }

  private void sayLeftOut() {
    sink.accept("… " + leftOut + " lines were left out, they came too fast");
    leftOut = 0;
  }
}
