package io.jobyard.bench.peers;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts the jobs that ran in this JVM. Peers make their jobs by themselves, from stored data, so
 * what they count with can only be static: one peer has one JVM.
 */
final class Tally {
  private static final AtomicLong RAN = new AtomicLong();
  private static final AtomicLong FIRST = new AtomicLong();
  private static final AtomicLong LAST = new AtomicLong();
  private static final long LOOK = Duration.ofMillis(1).toNanos();
  private static final long LONGEST = Duration.ofMinutes(10).toNanos();

  private Tally() {}

  /** A job runs. */
  static void ran() {
    long now = System.nanoTime();
    if (RAN.getAndIncrement() == 0) {
      FIRST.set(now);
    }
    LAST.set(now);
  }

  static void reset() {
    RAN.set(0);
    FIRST.set(0);
  }

  /** Waits until so many ran since the reset; from the first to the last. */
  static Duration await(int jobs) {
    long end = System.nanoTime() + LONGEST;
    while (RAN.get() < jobs || FIRST.get() == 0) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(RAN.get() + " of " + jobs + " jobs ran in ten minutes");
      }
      LockSupport.parkNanos(LOOK);
    }
    return Duration.ofNanos(LAST.get() - FIRST.get());
  }

  /** Waits for one job since the reset; its moment as {@link System#nanoTime}. */
  static long awaitOne() {
    await(1);
    return FIRST.get();
  }
}
