package io.jobyard.run;

import java.time.Duration;

/**
 * How fast a worker gets through its jobs, and so how many it may have in hand beyond those that
 * run: as many as should start within 20 ms. Not thread-safe.
 */
final class Pace {
  private static final double AHEAD_NANOS = Duration.ofMillis(20).toNanos();
  private static final double WEIGHT = 0.3;

  private double runsPerNano;
  private long since;

  /** The worker had nothing in hand and gets something now. */
  void begin(long now) {
    since = now;
  }

  /** So many runs ended since the last call. */
  void ended(int runs, long now) {
    double rate = runs / (double) Math.max(1, now - since);
    runsPerNano = runsPerNano == 0 ? rate : (1 - WEIGHT) * runsPerNano + WEIGHT * rate;
    since = now;
  }

  /** Runs that should start within 20 ms. */
  int ahead() {
    return (int) Math.min(RunBoard.SLOTS, runsPerNano * AHEAD_NANOS);
  }
}
