package io.jobyard;

import org.jspecify.annotations.Nullable;

/**
 * A job that returns a value. The value travels as JSON and is kept for the queue's {@code
 * result-ttl}.
 *
 * @param <R> the type of the value, readable back from its JSON
 */
@FunctionalInterface
public interface Task<R extends @Nullable Object> {
  /** Does the work; see {@link Job#run}. A null result is carried as JSON {@code null}. */
  R call(JobContext job) throws Exception;

  /** See {@link Job#failed}. */
  default Verdict failed(JobContext job, Failure failure) throws Exception {
    return Verdict.PASS;
  }
}
