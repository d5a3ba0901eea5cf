package io.jobyard;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A pushed job, seen from where it was pushed.
 *
 * @param <R> what the job returns; Void for jobs without a value
 */
public interface JobHandle<R extends @Nullable Object> {
  /**
   * The job's id. For a job that waits for a commit or in the push buffer, and whose external id is
   * another job's, it becomes that job's id once it is pushed.
   */
  UUID id();

  /**
   * Where the job stands now. A job that is no longer in the store counts as SUCCEEDED: succeeded
   * jobs are removed. One that waits for a commit or in the push buffer counts as READY.
   */
  JobState state();

  /**
   * Waits for the end of the job. Inside a running job the slot is lent to others meanwhile.
   *
   * @return the value of a task; null for a job without one
   * @throws JobFailedException if it ended FAILED
   * @throws JobCancelledException if it ended CANCELLED
   * @throws TimeoutException if it has not ended in time; the job goes on
   */
  R await(Duration timeout) throws TimeoutException, InterruptedException;

  /** The same as a future; completes exceptionally as {@link #await} throws. */
  CompletableFuture<R> whenFinished();
}
