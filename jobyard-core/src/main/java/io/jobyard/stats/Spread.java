package io.jobyard.stats;

import java.time.Duration;

/**
 * How long things took: a histogram that can be added up. Eight buckets to each doubling, so that
 * what it tells is within 7 % of the truth, from a microsecond to weeks. Not for several threads.
 */
public final class Spread {
  private static final int SUB_BITS = 3;
  private static final int SUB = 1 << SUB_BITS;

  /** Up to 2^42 microseconds, fifty days; what is longer counts as that. */
  private static final int BUCKETS = (42 - SUB_BITS + 1) * SUB;

  private final long[] counts = new long[BUCKETS];
  private long total;

  /** Counts one. */
  public void add(Duration took) {
    counts[index(Math.max(0, took.toNanos() / 1_000))]++;
    total++;
  }

  /** Counts all that the other did. */
  public void add(Spread other) {
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] += other.counts[i];
    }
    total += other.total;
  }

  public long count() {
    return total;
  }

  /**
   * So many of a hundred took no longer.
   *
   * @param percent 0 to 100
   * @return zero where nothing was counted
   */
  public Duration percentile(double percent) {
    long rank = Math.max(1, (long) Math.ceil(total * percent / 100));
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return Duration.ofNanos(middle(i) * 1_000);
      }
    }
    return Duration.ZERO;
  }

  void write(Packed.Out out) {
    int used = 0;
    for (long count : counts) {
      used += count == 0 ? 0 : 1;
    }
    out.number(used);
    int before = 0;
    for (int i = 0; i < BUCKETS; i++) {
      if (counts[i] != 0) {
        out.number(i - before).number(counts[i]);
        before = i;
      }
    }
  }

  void read(Packed.In in) {
    int used = (int) in.number();
    int at = 0;
    for (int i = 0; i < used; i++) {
      at += (int) in.number();
      long count = in.number();
      counts[at] += count;
      total += count;
    }
  }

  private static int index(long micros) {
    if (micros < SUB) {
      return (int) micros;
    }
    int exponent = 63 - Long.numberOfLeadingZeros(micros);
    int sub = (int) (micros >>> (exponent - SUB_BITS)) & (SUB - 1);
    return Math.min(BUCKETS - 1, (exponent - SUB_BITS + 1) * SUB + sub);
  }

  private static long middle(int index) {
    if (index < SUB) {
      return index;
    }
    int shift = index / SUB - 1;
    long low = (long) (SUB + index % SUB) << shift;
    return low + (1L << shift) / 2;
  }
}
