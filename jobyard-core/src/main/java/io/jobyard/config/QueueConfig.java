package io.jobyard.config;

import io.jobyard.Backoff;
import io.jobyard.run.Policy;
import io.jobyard.store.Order;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One queue's settings on this node.
 *
 * @param processes worker processes on this node, at most
 * @param threads jobs that run at once in each
 * @param memory heap of a worker, in bytes
 * @param timeout of one run; zero is no limit
 * @param poll how often to look for jobs where no wake-up came
 * @param limit the queue's jobs that may run at once, over all nodes; 0 is no limit
 * @param order which of equal priority goes first
 * @param shards how many parts the queue is split in, where the store can
 * @param maxCrashes a job ends after so many runs whose process died under it
 * @param maxLost a job ends after so many runs whose node went away
 * @param resultTtl how long a task's result is kept
 * @param keepSucceeded how long succeeded jobs are kept; zero is not at all
 * @param killGrace between the interrupt and the kill
 * @param onStart class that runs in every worker before its first job, after the node's; or null
 * @param onFailure class that is told of failed jobs; or null
 * @param commands what Shell jobs may run
 * @param staffing how it is staffed with worker processes
 * @param delivery where the queue's jobs are sent; null runs them in workers
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
    int limit,
    Order order,
    int shards,
    int maxCrashes,
    int maxLost,
    Duration resultTtl,
    Duration keepSucceeded,
    Duration killGrace,
    @Nullable String onStart,
    @Nullable String onFailure,
    Commands commands,
    Staffing staffing,
    @Nullable Delivery delivery) {

  public QueueConfig {
    if (!Pattern.matches(Keys.NAME.pattern(), name)) {
      throw new ConfigInvalid(
          List.of("code: a queue's name must be " + Keys.NAME.form() + ", got '" + name + "'"));
    }
    String path = "queues." + name + ".";
    QueueKeys.PROCESSES.check(path, range(processes, staffing));
    QueueKeys.THREADS.check(path, threads);
    QueueKeys.MEMORY.check(path, memory);
    QueueKeys.TIMEOUT.check(path, timeout);
    QueueKeys.RETRIES.check(path, retries);
    QueueKeys.BACKOFF.check(path, backoff);
    QueueKeys.RETRY_TIMEOUTS.check(path, retryTimeouts);
    QueueKeys.POLL.check(path, poll);
    QueueKeys.LIMIT.check(path, limit);
    QueueKeys.SHARDS.check(path, shards);
    QueueKeys.MAX_CRASHES.check(path, maxCrashes);
    QueueKeys.MAX_LOST.check(path, maxLost);
    QueueKeys.RESULT_TTL.check(path, resultTtl);
    QueueKeys.KEEP_SUCCEEDED.check(path, keepSucceeded);
    QueueKeys.KILL_GRACE.check(path, killGrace);
    QueueKeys.QUEUE_ON_START.check(path, onStart);
    QueueKeys.ON_FAILURE.check(path, onFailure);
    QueueKeys.RUN_AS.check(path, commands.runAs());
    staffing.check(path);
  }

  /** What keeps a name from being a queue's, as the rest of a sentence; null if nothing does. */
  public static @Nullable String flaw(String name) {
    try {
      Keys.NAME.check(name);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /** A queue with the documented defaults. */
  public static QueueConfig named(String name) {
    return Draft.queue(name, new Settings(), null, Path.of(""));
  }

  private static Processes range(int processes, Staffing staffing) {
    Integer least = staffing.least();
    return new Processes(least == null ? processes : least, processes);
  }

  /** From how many to how many worker processes there are. */
  public Processes range() {
    return range(processes, staffing);
  }

  /**
   * How many worker slots jobs can be pinned to: those that always have a worker, and one where
   * there may be none.
   */
  public int slots() {
    return Math.max(1, range().least());
  }

  /** Whether its worker processes take jobs from the store themselves. */
  public boolean grabs() {
    return staffing.mode() == Mode.GRAB;
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
