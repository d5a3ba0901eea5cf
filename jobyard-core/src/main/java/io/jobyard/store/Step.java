package io.jobyard.store;

import java.time.Duration;
import java.time.Instant;

/** How wide the buckets of {@link Sample}s are; they begin at whole multiples since 1970. */
public enum Step {
  MINUTE(Duration.ofMinutes(1)),
  TEN_MINUTES(Duration.ofMinutes(10)),
  HOUR(Duration.ofHours(1)),
  DAY(Duration.ofDays(1));

  private final Duration length;

  Step(Duration length) {
    this.length = length;
  }

  public Duration length() {
    return length;
  }

  /** The beginning of the bucket that the moment falls in. */
  public Instant bucket(Instant moment) {
    long millis = length.toMillis();
    return Instant.ofEpochMilli(Math.floorDiv(moment.toEpochMilli(), millis) * millis);
  }
}
