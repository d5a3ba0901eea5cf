package io.jobyard.config;

import io.jobyard.Backoff;
import io.jobyard.run.Policy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One queue's settings on this node.
 *
 * @param processes worker processes on this node
 * @param threads jobs that run at once in each
 * @param memory heap of a worker, in bytes
 * @param timeout of one run; zero is no limit
 * @param poll how often to look for jobs where no wake-up came
 * @param maxCrashes a job ends after so many runs whose process died under it
 * @param maxLost a job ends after so many runs whose node went away
 * @param resultTtl how long a task's result is kept
 * @param keepSucceeded how long succeeded jobs are kept; zero is not at all
 * @param killGrace between the interrupt and the kill
 * @param onStart class that runs in every worker before its first job, after the node's; or null
 * @param onFailure class that is told of failed jobs; or null
 */
public record QueueConfig(
    String name,
    int processes,
    int threads,
    long memory,
    Duration timeout,
    int retries,
    Backoff backoff,
    boolean retryTimeouts,
    Duration poll,
    int maxCrashes,
    int maxLost,
    Duration resultTtl,
    Duration keepSucceeded,
    Duration killGrace,
    @Nullable String onStart,
    @Nullable String onFailure) {

  /** A queue with the documented defaults. */
  public static QueueConfig named(String name) {
    return new QueueConfig(
        name,
        3,
        1,
        128L * 1024 * 1024,
        Duration.ofSeconds(120),
        3,
        Backoff.fixed(Duration.ofSeconds(3)),
        false,
        Duration.ofSeconds(1),
        3,
        3,
        Duration.ofHours(1),
        Duration.ZERO,
        Duration.ofSeconds(2),
        null,
        null);
  }

  /** What decides about this queue's outcomes. */
  public Policy policy() {
    return new Policy(
        retries,
        backoff,
        timeout,
        retryTimeouts,
        maxCrashes,
        maxLost,
        resultTtl,
        keepSucceeded,
        onFailure != null);
  }
}
