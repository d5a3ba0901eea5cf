package io.jobyard.store.mysql;

import java.time.Duration;
import java.time.Instant;

/** Moments as they are stored; always rounded up, so that nothing is due before its time. */
final class Millis {
  private Millis() {}

  /** {@link io.jobyard.store.Limits} has refused what lies beyond the year 9999. */
  static long of(Instant instant) {
    return instant.isBefore(Instant.EPOCH) ? 0 : instant.plusNanos(999_999).toEpochMilli();
  }

  /** Limits has bounded the delay. */
  static long after(long now, Duration delay) {
    return delay.isNegative() ? now : now + delay.plusNanos(999_999).toMillis();
  }
}
