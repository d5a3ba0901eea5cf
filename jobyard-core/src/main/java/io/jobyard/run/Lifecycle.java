package io.jobyard.run;

import io.jobyard.Backoff;
import io.jobyard.Failure;
import io.jobyard.JobState;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Phase;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.End;
import io.jobyard.store.Settlement.Move;
import io.jobyard.store.Settlement.Return;
import io.jobyard.store.Settlement.Stay;
import io.jobyard.store.Settlement.Succeed;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a job after an outcome: (standing, outcome, policy) → settlement. A pure
 * function: it touches no clock, no store, no thread. Delays are relative, so that the store's
 * clock decides; the jitter comes from the lease's random token.
 */
public final class Lifecycle {
  private Lifecycle() {}

  /** The settlement for this outcome. */
  public static Settlement settle(Standing job, Outcome outcome, Policy policy) {
    return switch (outcome) {
      case Outcome.Succeeded(byte[] result) -> succeeded(job, result, policy);
      case Outcome.Failed(Failure failure, boolean handlers) ->
          afterError(job, failure, retriesLeft(job, policy), handlers, policy);
      case Outcome.Refused(Failure failure, boolean handlers) ->
          afterError(job, failure, false, handlers, policy);
      case Outcome.TimedOut(Failure failure, boolean handlers) ->
          afterError(
              job,
              failure,
              retryTimeouts(job, policy) && retriesLeft(job, policy),
              handlers,
              policy);
      case Outcome.Crashed(Failure failure) -> crashed(job, failure, policy);
      case Outcome.Lost(Failure failure) -> lost(job, failure, policy);
      case Outcome.Released(Duration delay) -> unchanged(job, new Return(delay));
      case Outcome.Cancelled() -> unchanged(job, new End(JobState.CANCELLED));
      case Outcome.NotStarted() -> unchanged(job, new Return(Duration.ZERO));
      case Outcome.Handled(List<Failure> errors) ->
          settlement(job, new End(JobState.FAILED), job.counts(), Phase.FAILING, errors);
    };
  }

  /** Whether a failure of the run that this standing describes would be final. */
  public static boolean lastAttempt(Standing job, Policy policy) {
    return !retriesLeft(job, policy);
  }

  /** How long one run of this job may last; zero is no limit. */
  public static Duration timeout(JobSettings settings, Policy policy) {
    return settings.timeout() != null ? settings.timeout() : policy.timeout();
  }

  private static Settlement succeeded(Standing job, byte @Nullable [] result, Policy policy) {
    Duration keep = policy.keepSucceeded();
    // A job pushed by kind may turn out to return nothing; even a task's null is JSON.
    if (job.task() && result != null && policy.resultTtl().compareTo(keep) > 0) {
      keep = policy.resultTtl();
    }
    return unchanged(job, new Succeed(result, keep));
  }

  private static Settlement afterError(
      Standing job, Failure failure, boolean again, boolean handlers, Policy policy) {
    if (job.phase() == Phase.FAILING) {
      // A handler that outlived the timeout has had its run.
      return settlement(
          job, new End(JobState.FAILED), job.counts(), Phase.FAILING, List.of(failure));
    }
    Counts old = job.counts();
    Counts counts = new Counts(old.failed() + 1, old.crashed(), old.lost(), old.handlerCrashes());
    if (again) {
      return settlement(
          job,
          new Return(backoff(job, counts.failed(), policy)),
          counts,
          Phase.RUN,
          List.of(failure));
    }
    return handlers || policy.failureHandler()
        ? settlement(job, new Stay(), counts, Phase.FAILING, List.of(failure))
        : settlement(job, new End(JobState.FAILED), counts, Phase.RUN, List.of(failure));
  }

  private static Settlement crashed(Standing job, Failure failure, Policy policy) {
    if (job.phase() == Phase.FAILING) {
      return handlerDied(job, failure, policy);
    }
    Counts old = job.counts();
    Counts counts = new Counts(old.failed(), old.crashed() + 1, old.lost(), old.handlerCrashes());
    if (counts.crashed() < policy.maxCrashes()) {
      return settlement(
          job,
          new Return(backoff(job, counts.crashed(), policy)),
          counts,
          Phase.RUN,
          List.of(failure));
    }
    // Whether the job has a handler of its own, only a worker can say.
    return settlement(job, new Stay(), counts, Phase.FAILING, List.of(failure));
  }

  private static Settlement lost(Standing job, Failure failure, Policy policy) {
    if (job.phase() == Phase.FAILING) {
      return handlerDied(job, failure, policy);
    }
    Counts old = job.counts();
    Counts counts = new Counts(old.failed(), old.crashed(), old.lost() + 1, old.handlerCrashes());
    Phase phase = counts.lost() < policy.maxLost() ? Phase.RUN : Phase.FAILING;
    return settlement(job, new Return(Duration.ZERO), counts, phase, List.of(failure));
  }

  private static Settlement handlerDied(Standing job, Failure failure, Policy policy) {
    Counts old = job.counts();
    Counts counts = new Counts(old.failed(), old.crashed(), old.lost(), old.handlerCrashes() + 1);
    Move move =
        counts.handlerCrashes() < policy.maxCrashes()
            ? new Return(Duration.ZERO)
            : new End(JobState.FAILED);
    return settlement(job, move, counts, Phase.FAILING, List.of(failure));
  }

  private static boolean retriesLeft(Standing job, Policy policy) {
    Integer own = job.settings().retries();
    return job.counts().failed() < (own != null ? own : policy.retries());
  }

  private static boolean retryTimeouts(Standing job, Policy policy) {
    Boolean own = job.settings().retryTimeouts();
    return own != null ? own : policy.retryTimeouts();
  }

  private static Duration backoff(Standing job, int retry, Policy policy) {
    Backoff own = job.settings().backoff();
    double chance = (job.key().token() >>> 11) * 0x1.0p-53;
    return (own != null ? own : policy.backoff()).delay(retry, chance);
  }

  private static Settlement unchanged(Standing job, Move move) {
    return settlement(job, move, job.counts(), job.phase(), List.of());
  }

  private static Settlement settlement(
      Standing job, Move move, Counts counts, Phase phase, List<Failure> errors) {
    return new Settlement(
        job.key(), job.queue(), move, counts, phase, errors, List.of(), List.of());
  }
}
