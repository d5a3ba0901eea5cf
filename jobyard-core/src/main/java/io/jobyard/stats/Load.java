package io.jobyard.stats;

import java.util.Arrays;

/** What runs came to, and how long they waited and took. Adds up; whoever shares one guards it. */
public final class Load {
  private static final int VERSION = 1;

  /** What is counted. New ones are added at the end: that is how they are stored. */
  public enum Count {
    /** Runs that came to their end. */
    SUCCEEDED,
    /** Runs whose code threw. */
    ERRORS,
    TIMEOUTS,
    /** Runs whose process died: crashed, killed or out of memory. */
    CRASHES,
    /** Runs whose node went away. */
    LOST,
    /** Failed runs that are followed by another. */
    RETRIED,
    /** Jobs that ended as FAILED. */
    FAILED,
    CANCELLED
  }

  private final long[] counts = new long[Count.values().length];
  private final Spread waited = new Spread();
  private final Spread ran = new Spread();

  @SuppressWarnings("EnumOrdinal") // the order is how they are stored
  public long get(Count count) {
    return counts[count.ordinal()];
  }

  /** Runs that did not come to a good end. */
  public long troubles() {
    return get(Count.ERRORS) + get(Count.TIMEOUTS) + get(Count.CRASHES) + get(Count.LOST);
  }

  /** From when a job could run to when it did. */
  public Spread waited() {
    return waited;
  }

  public Spread ran() {
    return ran;
  }

  @SuppressWarnings("EnumOrdinal")
  void count(Count count) {
    counts[count.ordinal()]++;
  }

  boolean isEmpty() {
    return Arrays.stream(counts).allMatch(times -> times == 0);
  }

  void add(Load other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    waited.add(other.waited);
    ran.add(other.ran);
  }

  byte[] bytes() {
    Packed.Out out = new Packed.Out().number(VERSION);
    out.number(counts.length);
    for (long times : counts) {
      out.number(times);
    }
    waited.write(out);
    ran.write(out);
    return out.bytes();
  }

  /** Adds what {@link #bytes} wrote, of a newer program too. */
  void add(byte[] stored) {
    Packed.In in = new Packed.In(stored);
    if (in.number() != VERSION) {
      return;
    }
    int written = (int) in.number();
    for (int i = 0; i < written; i++) {
      long times = in.number();
      if (i < counts.length) {
        counts[i] += times;
      }
    }
    waited.read(in);
    ran.read(in);
  }
}
