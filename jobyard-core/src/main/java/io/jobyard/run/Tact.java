package io.jobyard.run;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The moments at which a process looks whether there is something to do. What looks as often looks
 * at the same moments, so that an idle process wakes up once and not for each queue: waking up
 * costs more than looking. Where those moments lie is up to chance, so that a herd of nodes does
 * not come at once. Pure functions.
 */
final class Tact {
  private static final long PHASE = ThreadLocalRandom.current().nextLong(Long.MAX_VALUE / 2);

  private Tact() {}

  /**
   * How many nanoseconds are left until the next such moment: more than none, at most a period.
   *
   * @param now as {@link System#nanoTime}
   */
  static long untilNext(Duration period, long now) {
    return untilNext(period, now, PHASE);
  }

  static long untilNext(Duration period, long now, long phase) {
    return period.toNanos() - Math.floorMod(now - phase, period.toNanos());
  }
}
