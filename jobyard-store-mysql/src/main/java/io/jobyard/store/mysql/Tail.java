package io.jobyard.store.mysql;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far the wakes were read. Their numbers are drawn before they are committed, so a lower one
 * may appear after a higher; hence numbers are read again above the last without a gap below it,
 * until a gap is old enough to be one for ever. For one thread.
 */
final class Tail {
  private static final long GAP = Duration.ofSeconds(2).toNanos();

  private final TreeMap<Long, Long> seen = new TreeMap<>();
  private long floor;

  Tail(long floor) {
    this.floor = floor;
  }

  /** All at or below were read. */
  long floor() {
    return floor;
  }

  /** Notes a number; false if it had been read before. */
  boolean add(long number, long nanos) {
    return number > floor && seen.putIfAbsent(number, nanos) == null;
  }

  /** Moves the floor as far as may be. */
  void advance(long nanos) {
    while (!seen.isEmpty()) {
      Map.Entry<Long, Long> first = seen.firstEntry();
      if (first.getKey() != floor + 1 && nanos - first.getValue() < GAP) {
        return;
      }
      floor = first.getKey();
      seen.pollFirstEntry();
    }
  }
}
