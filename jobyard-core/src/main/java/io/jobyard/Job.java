package io.jobyard;

/**
 * One unit of work. The arguments are the implementing record's components; they travel as JSON.
 *
 * <p>A job may run more than once (at least once, never "exactly once"): make it idempotent where
 * that matters.
 */
@FunctionalInterface
public interface Job {
  /**
   * Does the work. Runs in a worker; any throwable makes the attempt fail.
   *
   * @param job the running job; valid only while this method runs
   */
  void run(JobContext job) throws Exception;

  /**
   * Called once no attempt is left, under the same timeout and lease as a run. May be called again
   * when its process dies meanwhile.
   *
   * @param failure the last error
   * @return {@link Verdict#HANDLED} to keep the queue's {@code on-failure} from running
   */
  default Verdict failed(JobContext job, Failure failure) throws Exception {
    return Verdict.PASS;
  }
}
