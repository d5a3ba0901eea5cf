package io.jobyard.faktory;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of bounded length. What is more than a little of one counts against what all
 * connections may hold. For one thread.
 */
final class LineInput implements AutoCloseable {
  private static final int AT_ONCE = 8 * 1024;
  private static final int FREE = 64 * 1024;

  private final InputStream in;
  private final Budget budget;
  private final byte[] chunk = new byte[AT_ONCE];
  private int from;
  private int to;
  private int owed;

  LineInput(InputStream in, Budget budget) {
    this.in = in;
    this.budget = budget;
  }

  /**
   * The next line without its end; what the one before took is free again.
   *
   * @param begun told as soon as anything of it is there
   * @return null where the client has hung up; what it left unfinished is nothing
   * @throws Refused if it is longer, or there is no memory for it now; nothing can be read after
   */
  byte @Nullable [] next(int longest, Runnable begun) throws IOException, Refused {
    free();
    byte[] line = new byte[0];
    int length = 0;
    boolean first = true;
    while (true) {
      if (from == to && !fill()) {
        return null;
      }
      if (first) {
        first = false;
        begun.run();
      }
      int end = from;
      while (end < to && chunk[end] != '\n') {
        end++;
      }
      int more = end - from;
      if (length + more > longest) {
        throw new Refused("the line is longer than " + longest + " bytes; send less at once");
      }
      line = room(line, length + more, longest);
      System.arraycopy(chunk, from, line, length, more);
      length += more;
      from = end;
      if (end < to) {
        from++;
        return Arrays.copyOf(line, length > 0 && line[length - 1] == '\r' ? length - 1 : length);
      }
    }
  }

  private byte[] room(byte[] line, int needed, int longest) throws Refused {
    if (needed <= line.length) {
      return line;
    }
    int size = (int) Math.min(longest, Math.max(256L, Math.max(needed, line.length * 2L)));
    if (size > FREE) {
      size = Math.ceilDiv(size, Budget.UNIT) * Budget.UNIT;
      // The copy that is handed out is counted too.
      int cost = 2 * (size - FREE);
      budget.take(cost - owed);
      owed = cost;
    }
    return Arrays.copyOf(line, size);
  }

  private boolean fill() throws IOException {
    int read = in.read(chunk);
    from = 0;
    to = Math.max(0, read);
    return read > 0;
  }

  private void free() {
    budget.give(owed);
    owed = 0;
  }

  @Override
  public void close() {
    free();
  }
}
