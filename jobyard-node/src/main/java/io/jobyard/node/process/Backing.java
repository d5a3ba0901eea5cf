package io.jobyard.node.process;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before a worker is started again: 1 s, 2 s, 4 s … 30 s, each with jitter. */
final class Backing {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofSeconds(30);
  private static final int MOST_DOUBLINGS = 6;

  private final RandomGenerator chance;

  Backing(RandomGenerator chance) {
    this.chance = chance;
  }

  /**
   * @param failures how many starts in a row came to nothing; 0 is no wait
   */
  Duration delay(int failures) {
    if (failures <= 0) {
      return Duration.ZERO;
    }
    long doubled = FIRST.toMillis() << Math.min(failures - 1, MOST_DOUBLINGS);
    double jitter = 0.8 + 0.4 * chance.nextDouble();
    return Duration.ofMillis((long) (Math.min(doubled, MOST.toMillis()) * jitter));
  }
}
