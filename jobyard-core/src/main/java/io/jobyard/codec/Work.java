package io.jobyard.codec;

import io.jobyard.Failure;
import io.jobyard.JobContext;
import io.jobyard.Verdict;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Payload;
import org.jspecify.annotations.Nullable;

/** What runs when a job of one kind runs. */
public interface Work {
  /** What the class's {@link io.jobyard.Kind} decides. */
  JobSettings settings();

  /** Whether the job has failure handling of its own: an overridden {@code failed}. */
  boolean handlesFailure();

  /**
   * Runs the body.
   *
   * @return the value's JSON; null for a job without one
   * @throws PayloadMismatch if the payload does not fit the arguments
   * @throws Throwable whatever the job's code throws, as it was thrown
   */
  byte @Nullable [] run(Payload payload, JobContext job) throws Throwable;

  /** Runs the job's own failure handler. */
  Verdict failed(Payload payload, JobContext job, Failure failure) throws Throwable;
}
