package io.jobyard.run;

import io.jobyard.Failure;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of a run. */
public sealed interface Outcome {
  /**
   * The body came to its end.
   *
   * @param result the value's JSON; null for a job without one
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Succeeded(byte @Nullable [] result) implements Outcome {}

  /**
   * The job's code threw, or its kind or payload is not one this worker can run.
   *
   * @param handlers whether the job has failure handlers that a final failure must run
   */
  record Failed(Failure failure, boolean handlers) implements Outcome {}

  /**
   * The worker would not run it, or its code said that no attempt can succeed: fails at once.
   *
   * @param handlers as in {@link Failed}
   */
  record Refused(Failure failure, boolean handlers) implements Outcome {}

  /** The run outlived its timeout. */
  record TimedOut(Failure failure, boolean handlers) implements Outcome {}

  /** Its process died and this job is to blame: type crash, killed or out-of-memory. */
  record Crashed(Failure failure) implements Outcome {}

  /** Its node went away. */
  record Lost(Failure failure) implements Outcome {}

  /** The job asked to run again later. */
  record Released(Duration delay) implements Outcome {}

  /** Stopped on request, by the job itself or from outside. */
  record Cancelled() implements Outcome {}

  /** Handed out and never started, or stopped through no fault of its own: costs nothing. */
  record NotStarted() implements Outcome {}

  /**
   * The failure handlers came to an end.
   *
   * @param errors what they threw, for the history
   */
  record Handled(List<Failure> errors) implements Outcome {}
}
