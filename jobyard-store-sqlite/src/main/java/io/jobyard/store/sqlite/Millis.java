package io.jobyard.store.sqlite;

import java.time.Duration;
import java.time.Instant;

/** Moments as they are stored; always rounded up, so that nothing is due before its time. */
final class Millis {
  /** The end of the year 9999: what lies beyond means never. */
  private static final long NEVER = 253_402_300_799_999L;

  private Millis() {}

  static long of(Instant instant) {
    if (instant.isAfter(Instant.ofEpochMilli(NEVER))) {
      return NEVER;
    }
    if (instant.isBefore(Instant.EPOCH)) {
      return 0;
    }
    return instant.plusNanos(999_999).toEpochMilli();
  }

  static long after(long now, Duration delay) {
    if (delay.isNegative()) {
      return now;
    }
    if (delay.compareTo(Duration.ofMillis(NEVER - now)) > 0) {
      return NEVER;
    }
    return now + delay.plusNanos(999_999).toMillis();
  }
}
