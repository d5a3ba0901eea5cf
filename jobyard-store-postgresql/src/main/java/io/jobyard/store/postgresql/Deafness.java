package io.jobyard.store.postgresql;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether somebody may hear live messages whom notifications do not reach. Who is deaf says so
 * again and again, by a notification, which gets out from anywhere; who has listened for longer
 * than that takes, and was told nothing, knows that there is nobody. Safe for any thread.
 */
final class Deafness {
  /** How often who is deaf says so. */
  static final Duration SAID_EVERY = Duration.ofSeconds(2);

  /** So long that one or two that came late, or not at all, change nothing. */
  static final Duration BELIEVED = SAID_EVERY.multipliedBy(3);

  private final LongSupplier nanoTime;
  private volatile long end;

  /** At first there may be somebody: nothing could be heard until now. */
  Deafness(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    said();
  }

  /** Somebody is, or may have said so while nothing could be heard. */
  void said() {
    end = nanoTime.getAsLong() + BELIEVED.toNanos();
  }

  boolean possible() {
    return nanoTime.getAsLong() - end < 0;
  }
}
