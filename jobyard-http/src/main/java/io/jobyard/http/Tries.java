package io.jobyard.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts wrong secrets by address and holds back whoever tries too many: ten at once, then one
 * every six seconds. Remembers the addresses that tried last. Safe for use by many threads.
 */
final class Tries {
  static final int MOST = 10;
  private static final Duration EACH = Duration.ofSeconds(6);
  private static final int MOST_ADDRESSES = 10_000;

  private final InstantSource clock;

  /** When an address will have all its tries again. */
  private final Map<String, Instant> free =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > MOST_ADDRESSES;
        }
      };

  Tries(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Lets an address try, or not.
   *
   * @throws Problem if it has to wait
   */
  synchronized void check(String address) {
    Instant from = free.get(address);
    if (from == null) {
      return;
    }
    Duration wait = Duration.between(clock.instant(), from).minus(EACH.multipliedBy(MOST - 1L));
    if (wait.isPositive()) {
      throw Problem.tooMany(
          "too many wrong tokens or passwords came from your address; try again in "
              + (wait.toSeconds() + 1)
              + " s",
          (int) wait.toSeconds() + 1);
    }
  }

  /** It was wrong. */
  synchronized void failed(String address) {
    Instant now = clock.instant();
    Instant from = free.getOrDefault(address, now);
    free.put(address, (from.isBefore(now) ? now : from).plus(EACH));
  }
}
