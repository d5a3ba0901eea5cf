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
 * @param errors to be added to its history, of which no more than {@link Limits#MAX_ERRORS} are
 *     kept
 * @param log the job's log lines, to be added to those stored with a job that stays in the store;
 *     may be empty
 * @param pushes jobs that come to be with this settlement or not at all; stored after the move, so
 *     that one may take the external id of a job that was just removed
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
   * @param keep how long to keep job and result, at most {@link Limits#MAX_DELAY}; zero removes it
   *     now
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Succeed(byte @Nullable [] result, Duration keep) implements Move {
    // Written out, because the compiler forgets the annotation in a compact one.
    public Succeed(byte @Nullable [] result, Duration keep) {
      this.result = result;
      this.keep = Limits.bounded(keep);
    }
  }

  /**
   * READY at once, or SCHEDULED after the delay; its place in line by priority and age is as
   * before. If somebody asked for a cancel meanwhile, CANCELLED instead.
   *
   * @param delay a longer one than {@link Limits#MAX_DELAY} counts as that, a negative one as none:
   *     a job may ask for any, and must not spoil the batch it is settled in
   */
  public record Return(Duration delay) implements Move {
    public Return {
      delay = Limits.bounded(delay);
    }
  }

  /**
   * Stays RUNNING under the same lease; counts, phase and history change, durably. Stale also where
   * the session has been ended, since the lease is about to be settled by another then.
   */
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
