package io.jobyard.store.contract;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.store.Counts;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.Phase;
import io.jobyard.store.Settlement;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Settlements and what they are made of, in a test's words. */
final class Moves {
  static final Settlement.Move DONE = new Settlement.Succeed(null, Duration.ZERO);
  static final Settlement.Move BACK = new Settlement.Return(Duration.ZERO);
  static final Settlement.Move FAIL = new Settlement.End(JobState.FAILED);
  static final Settlement.Move CANCEL = new Settlement.End(JobState.CANCELLED);
  static final Settlement.Move STAY = new Settlement.Stay();

  private Moves() {}

  static Settlement.Move later(Duration delay) {
    return new Settlement.Return(delay);
  }

  static Settlement.Move kept(byte[] result, Duration keep) {
    return new Settlement.Succeed(result, keep);
  }

  /** Changes nothing but where the job goes. */
  static Settlement settle(Standing job, Settlement.Move move) {
    return settle(job, move, job.counts(), job.phase(), List.of());
  }

  static Settlement settle(Lease lease, Settlement.Move move) {
    return settle(lease.standing(), move);
  }

  static Settlement settle(
      Standing job, Settlement.Move move, Counts counts, Phase phase, List<Failure> errors) {
    return new Settlement(
        job.key(), job.queue(), move, counts, phase, errors, List.of(), List.of());
  }

  /** The same settlement shown with another key. */
  static Settlement under(LeaseKey key, Settlement settlement) {
    return new Settlement(
        key,
        settlement.queue(),
        settlement.move(),
        settlement.counts(),
        settlement.phase(),
        settlement.errors(),
        settlement.log(),
        settlement.pushes());
  }

  static Settlement with(Settlement settlement, NewJob... pushes) {
    return new Settlement(
        settlement.key(),
        settlement.queue(),
        settlement.move(),
        settlement.counts(),
        settlement.phase(),
        settlement.errors(),
        settlement.log(),
        List.of(pushes));
  }

  static Settlement logging(Settlement settlement, String... lines) {
    return new Settlement(
        settlement.key(),
        settlement.queue(),
        settlement.move(),
        settlement.counts(),
        settlement.phase(),
        settlement.errors(),
        List.of(lines),
        settlement.pushes());
  }

  static Counts failed(int runs) {
    return new Counts(runs, 0, 0, 0);
  }

  static Failure error(String message) {
    return new Failure(
        FailureType.EXCEPTION,
        "java.lang.IllegalStateException",
        message,
        "java.lang.IllegalStateException: " + message + "\n\tat a.B.c(B.java:1)",
        Instant.ofEpochMilli(1_700_000_000_123L),
        "node-1",
        4711,
        null);
  }
}
