package io.jobyard.store;

import io.jobyard.Failure;
import io.jobyard.JobState;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a leased job, to be carried out if the lease still holds.
 *
 * @param counts the job's counts from now on
 * @param phase the job's phase from now on
 * @param errors to be added to its history
 * @param log the job's log lines, to be stored with a job that stays in the store; may be empty
 * @param pushes jobs that come to be with this settlement or not at all
 */
public record Settlement(
    LeaseKey key,
    String queue,
    Move move,
    Counts counts,
    Phase phase,
    List<Failure> errors,
    List<String> log,
    List<NewJob> pushes) {

  /** The same, with the run's log lines. */
  public Settlement withLog(List<String> lines) {
    return new Settlement(key, queue, move, counts, phase, errors, lines, pushes);
  }

  /** Where the job goes. */
  public sealed interface Move {}

  /**
   * SUCCEEDED: counted, and removed unless kept.
   *
   * @param result the value's JSON; null for a job without one
   * @param keep how long to keep job and result; zero removes it now
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Succeed(byte @Nullable [] result, Duration keep) implements Move {}

  /**
   * READY at once, or SCHEDULED after the delay; its place in line by priority and age is as
   * before. If somebody asked for a cancel meanwhile, CANCELLED instead.
   */
  public record Return(Duration delay) implements Move {}

  /** Stays RUNNING under the same lease; counts, phase and history change, durably. */
  public record Stay() implements Move {}

  /**
   * The end without success.
   *
   * @param state FAILED or CANCELLED
   */
  public record End(JobState state) implements Move {
    public End {
      if (state != JobState.FAILED && state != JobState.CANCELLED) {
        throw new IllegalArgumentException("a job ends FAILED or CANCELLED, got " + state);
      }
    }
  }
}
