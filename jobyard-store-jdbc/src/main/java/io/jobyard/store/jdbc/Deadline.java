package io.jobyard.store.jdbc;

import java.time.Duration;

/** The moment by which something must have ended, by the monotonic clock. */
public final class Deadline {
  private final long end;

  private Deadline(long end) {
    this.end = end;
  }

  public static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** Whole milliseconds; 0 or less once the time is up. */
  public long millisLeft() {
    return (end - System.nanoTime()) / 1_000_000;
  }

  /** Less than a millisecond is left, which is too short to wait for an answer. */
  public boolean over() {
    return millisLeft() <= 0;
  }

  /** As a driver wants its timeouts: never 0, which would be none. */
  public int timeout(int mostMillis) {
    return (int) Math.clamp(millisLeft(), 1, (long) mostMillis);
  }
}
