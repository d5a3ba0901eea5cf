package io.jobyard.run;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes lines of what a job or its program prints, at a pace that logs and sockets can bear: a line
 * is cut at 4 KiB, and of a flood no more than 1,000 lines and 256 KiB a second are passed on, with
 * a line, at most once a second, that says how many were left out. Safe for use by many threads.
 */
public final class LineFeed {
  private static final int LINE_BYTES = 4 * 1024;
  private static final int FIRST_BYTES = 128;
  private static final int LINES_A_SECOND = 1_000;
  private static final int BYTES_A_SECOND = 256 * 1024;

  private final Consumer<String> sink;
  private final Sluice sluice;
  private byte[] line = new byte[0];
  private int length;

  /**
   * @param sink takes each line, without its end
   */
  public LineFeed(Consumer<String> sink) {
    this(sink, null, System::nanoTime);
  }

  /**
   * @param shared what many feeds may pass on together, in bytes
   */
  public LineFeed(Consumer<String> sink, Allowance shared) {
    this(sink, shared, System::nanoTime);
  }

  LineFeed(Consumer<String> sink, @Nullable Allowance shared, LongSupplier clock) {
    this.sink = sink;
    this.sluice = new Sluice(LINES_A_SECOND, BYTES_A_SECOND, shared, clock);
  }

  /** Takes the next bytes. */
  public synchronized void write(byte[] bytes, int from, int count) {
    int end = from + count;
    int at = from;
    while (at < end) {
      int most = Math.min(end, at + LINE_BYTES - length);
      int stop = at;
      while (stop < most && bytes[stop] != '\n') {
        stop++;
      }
      keep(bytes, at, stop - at);
      at = stop;
      if (at < end && bytes[at] == '\n') {
        endLine(length);
        at++;
      } else if (length == LINE_BYTES) {
        endLine(wholeCharacters());
      }
    }
  }

  /** Passes on a last line without an end. */
  public synchronized void flush() {
    if (length > 0) {
      endLine(length);
    }
    sayLeftOut();
  }

  private void keep(byte[] bytes, int from, int count) {
    if (line.length < length + count) {
      int enough = Math.max(length + count, Math.max(FIRST_BYTES, 2 * line.length));
      line = Arrays.copyOf(line, Math.min(LINE_BYTES, enough));
    }
    System.arraycopy(bytes, from, line, length, count);
    length += count;
  }

  /** How much of a line that is cut can be read: a character may have begun at its end. */
  private int wholeCharacters() {
    int start = length - 1;
    while (start > length - 4 && (line[start] & 0xc0) == 0x80) {
      start--;
    }
    int lead = line[start] & 0xff;
    int size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    return start + size > length ? start : length;
  }

  /** The line ends before this byte; those after it begin the next. */
  private void endLine(int end) {
    if (sluice.passes(end)) {
      sayLeftOut();
      sink.accept(new String(line, 0, end, StandardCharsets.UTF_8).stripTrailing());
    }
    length -= end;
    System.arraycopy(line, end, line, 0, length);
  }

  private void sayLeftOut() {
    String notice = sluice.leftOut();
    if (notice != null) {
      sink.accept(notice);
    }
  }
}
