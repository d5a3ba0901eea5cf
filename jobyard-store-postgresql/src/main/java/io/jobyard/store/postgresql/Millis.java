package io.jobyard.store.postgresql;

import java.time.Duration;
import java.time.Instant;

/** Spans and moments as they are stored; always rounded up, so that nothing is due early. */
final class Millis {
  /** The end of the year 9999: what lies beyond means never. */
  private static final long NEVER = 253_402_300_799_999L;

  private Millis() {}

  static long of(Instant instant) {
    if (instant.isAfter(Instant.ofEpochMilli(NEVER))) {
      return NEVER;
    }
    return instant.isBefore(Instant.EPOCH) ? 0 : instant.plusNanos(999_999).toEpochMilli();
  }

  static long of(Duration span) {
    if (span.isNegative()) {
      return 0;
    }
    return span.compareTo(Duration.ofMillis(NEVER)) > 0
        ? NEVER
        : span.plusNanos(999_999).toMillis();
  }
}
