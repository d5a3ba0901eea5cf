package io.jobyard.run;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The last lines that somebody said, numbered from 0 so that a reader can follow: at most 1,000,
 * and of long ones fewer, 256 Ki characters in all. For one thread at a time.
 */
public final class LastLines {
  private static final int MOST_LINES = 1_000;
  private static final int MOST_CHARS = 256 * 1024;

  private final ArrayDeque<String> lines = new ArrayDeque<>();
  private int chars;
  private long next;

  public void add(String line) {
    lines.addLast(line);
    chars += line.length();
    next++;
    while (lines.size() > MOST_LINES || (chars > MOST_CHARS && lines.size() > 1)) {
      chars -= lines.removeFirst().length();
    }
  }

  /** How many characters are kept. */
  public int chars() {
    return chars;
  }

  /** The number that the next line will have. */
  public long next() {
    return next;
  }

  /** Those that are kept from this number on. */
  public List<String> from(long number) {
    var wanted = new ArrayList<String>();
    long each = next - lines.size();
    for (String line : lines) {
      if (each++ >= number) {
        wanted.add(line);
      }
    }
    return wanted;
  }
}
