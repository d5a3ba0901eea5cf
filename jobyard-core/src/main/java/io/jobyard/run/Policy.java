package io.jobyard.run;

import io.jobyard.Backoff;
import java.time.Duration;

/**
 * How a queue deals with the outcomes of its jobs, where a job does not decide for itself.
 *
 * @param timeout of one run; zero is no limit
 * @param maxCrashes a job ends after so many runs whose process died under it
 * @param maxLost a job ends after so many runs whose node went away
 * @param resultTtl how long a task's result is kept
 * @param keepSucceeded how long succeeded jobs without a result are kept; zero is not at all
 * @param failureHandler whether the queue has an {@code on-failure}
 */
public record Policy(
    int retries,
    Backoff backoff,
    Duration timeout,
    boolean retryTimeouts,
    int maxCrashes,
    int maxLost,
    Duration resultTtl,
    Duration keepSucceeded,
    boolean failureHandler) {

  /** The documented defaults. */
  public static final Policy DEFAULT =
      new Policy(
          3,
          Backoff.fixed(Duration.ofSeconds(3)),
          Duration.ofSeconds(120),
          false,
          3,
          3,
          Duration.ofHours(1),
          Duration.ZERO,
          false);

  /** The same for runs where no failure handler can run. */
  Policy withoutHandler() {
    return new Policy(
        retries,
        backoff,
        timeout,
        retryTimeouts,
        maxCrashes,
        maxLost,
        resultTtl,
        keepSucceeded,
        false);
  }
}
