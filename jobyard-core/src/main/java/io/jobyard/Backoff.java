package io.jobyard;

import java.time.Duration;
import java.util.List;

/** How long a failed job waits before its next attempt. */
public sealed interface Backoff {
  /**
   * The wait before a retry.
   *
   * @param retry 1 for the first retry
   * @param chance a number in [0, 1) for the jitter
   */
  Duration delay(int retry, double chance);

  /** The same wait each time. */
  static Backoff fixed(Duration delay) {
    return new Steps(List.of(delay));
  }

  /** One wait a retry; the last one serves all that follow. */
  static Backoff steps(Duration... delays) {
    return new Steps(List.of(delays));
  }

  /** Doubling from the first wait up to the limit, each varied by up to a tenth either way. */
  static Backoff doubling(Duration from, Duration to) {
    return new Doubling(from, to);
  }

  /** A list of waits; never empty, none negative. */
  record Steps(List<Duration> delays) implements Backoff {
    public Steps {
      delays = List.copyOf(delays);
      if (delays.isEmpty()) {
        throw new IllegalArgumentException("backoff needs at least one delay, got none");
      }
      for (Duration delay : delays) {
        if (delay.isNegative()) {
          throw new IllegalArgumentException("backoff must not be negative, got " + delay);
        }
      }
    }

    @Override
    public Duration delay(int retry, double chance) {
      return delays.get(Math.min(retry, delays.size()) - 1);
    }
  }

  /** Doubling with jitter. */
  record Doubling(Duration from, Duration to) implements Backoff {
    public Doubling {
      if (from.isNegative() || from.isZero() || to.compareTo(from) < 0) {
        throw new IllegalArgumentException(
            "backoff needs 0 < from <= to, got from " + from + " to " + to);
      }
    }

    @Override
    public Duration delay(int retry, double chance) {
      double factor = Math.pow(2, Math.min(retry - 1, 62)) * (0.9 + 0.2 * chance);
      double millis = Math.min(from.toMillis() * factor, (double) to.toMillis());
      return Duration.ofMillis((long) millis);
    }
  }
}
