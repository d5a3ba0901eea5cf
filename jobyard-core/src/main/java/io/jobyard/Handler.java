package io.jobyard;

/**
 * Runs jobs whose arguments are a plain record of their own, so that the code can be injected.
 * Found by its type argument: one handler for a record class.
 *
 * @param <A> the record that holds the arguments
 */
@FunctionalInterface
public interface Handler<A> {
  /** Does the work; see {@link Job#run}. */
  void handle(A arguments, JobContext job) throws Exception;

  /** See {@link Job#failed}. */
  default Verdict failed(A arguments, JobContext job, Failure failure) throws Exception {
    return Verdict.PASS;
  }
}
