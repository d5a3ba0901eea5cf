package io.jobyard.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a queue is staffed with worker processes, and when they are replaced.
 *
 * @param mode how they come by their jobs
 * @param pool whose processes it shares with the other queues that name it; null for its own
 * @param least there are at least so many processes, and more as the work needs them; null where
 *     their number is fixed
 * @param maxJobs a worker is replaced after so many; 0 is no limit
 * @param maxAge a worker is replaced after this time; zero is no limit
 * @param rss a worker that holds more of the machine's memory is replaced, in bytes; 0 is no limit
 * @param heapDump the folder for the heaps of workers that ran out of memory; null for none
 */
public record Staffing(
    Mode mode,
    @Nullable String pool,
    @Nullable Integer least,
    int maxJobs,
    Duration maxAge,
    long rss,
    @Nullable Path heapDump) {
  /** The documented defaults. */
  public static final Staffing DEFAULT =
      new Staffing(Mode.DISTRIBUTE, null, null, 0, Duration.ZERO, 0, null);

  void check(String path) {
    QueueKeys.POOL.check(path, pool);
    QueueKeys.MAX_JOBS.check(path, maxJobs);
    QueueKeys.MAX_AGE.check(path, maxAge);
    if (rss != 0) {
      QueueKeys.RSS.check(path, rss);
    }
  }
}
