package io.jobyard;

/**
 * The queue's {@code on-failure}: told of every job of the queue that ended FAILED, unless the
 * job's own {@code failed} returned {@link Verdict#HANDLED}. Needs a public no-argument constructor
 * or a service of its class registered by {@code on-start}.
 */
@FunctionalInterface
public interface FailureHandler {
  /** Runs in a worker under the job's timeout; an error here is added to the job's history. */
  void onFailure(JobContext job, Failure failure) throws Exception;
}
