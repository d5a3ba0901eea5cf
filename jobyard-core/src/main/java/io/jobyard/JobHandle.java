package io.jobyard;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
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

  /**
   * Hears, live and from now on, what the job sends to its producer ({@link
   * JobContext#send(Object)}): in order, one after another, on a thread of its own. What was sent
   * before is not heard. Where the listener is slower than what comes, the oldest messages that
   * wait are dropped; one that throws hears the next one all the same.
   *
   * @return to be closed when it is not needed any more; the end of the job does not close it
   * @throws JobyardException if live messages cannot be heard here, as over HTTP
   */
  Subscription onMessage(Consumer<Message> listener);

  /**
   * Hears, live, how far the job is ({@link JobContext#progress}): at first what it said last, if
   * it runs already, then at most ten words a second, the latest of those that wait.
   *
   * @return see {@link #onMessage}
   * @throws JobyardException as {@link #onMessage}
   */
  Subscription onProgress(Consumer<Progress> listener);
}
