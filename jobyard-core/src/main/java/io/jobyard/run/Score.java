package io.jobyard.run;

import io.jobyard.Failure;
import io.jobyard.JobState;
import io.jobyard.stats.Load.Count;
import io.jobyard.stats.Tally;
import io.jobyard.store.Lease;
import io.jobyard.store.Phase;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.End;
import io.jobyard.store.Settlement.Return;
import java.time.Duration;
import java.time.InstantSource;

/** Says to the tally what came of the runs of some queues. Safe for any thread. */
final class Score {
  private final Tally tally;
  private final InstantSource clock;

  Score(Tally tally, InstantSource clock) {
    this.tally = tally;
    this.clock = clock;
  }

  private Tally.Desk desk(Lease lease) {
    return tally.desk(lease.standing().queue());
  }

  /** How long a run took, and with it how long its job had waited for it. */
  void ran(Lease lease, long nanos) {
    Duration took = Duration.ofNanos(nanos);
    Duration waited = Duration.between(lease.readyAt(), clock.instant().minus(took));
    desk(lease).ran(waited.isNegative() ? Duration.ZERO : waited, took);
  }

  /** A lease is over, or goes on in its failing phase. */
  void settled(Lease lease, Outcome outcome, Settlement settlement) {
    switch (outcome) {
      case Outcome.Succeeded unused -> desk(lease).count(Count.SUCCEEDED);
      case Outcome.Cancelled unused -> desk(lease).count(Count.CANCELLED);
      case Outcome.Failed failed -> failed(lease, failed.failure(), settlement);
      case Outcome.Refused refused -> failed(lease, refused.failure(), settlement);
      case Outcome.TimedOut timedOut -> failed(lease, timedOut.failure(), settlement);
      case Outcome.Crashed crashed -> failed(lease, crashed.failure(), settlement);
      case Outcome.Lost lost -> failed(lease, lost.failure(), settlement);
      case Outcome.Handled unused -> ended(lease, settlement);
      case Outcome.Released unused -> {}
      case Outcome.NotStarted unused -> {}
    }
  }

  private void failed(Lease lease, Failure failure, Settlement settlement) {
    if (lease.standing().phase() == Phase.RUN) {
      failed(desk(lease), lease.kind(), failure, settlement);
    } else {
      ended(lease, settlement);
    }
  }

  private void ended(Lease lease, Settlement settlement) {
    if (settlement.move() instanceof End(var state) && state == JobState.FAILED) {
      desk(lease).count(Count.FAILED);
    }
  }

  /**
   * A run failed.
   *
   * @param kind empty where it is not known
   */
  static void failed(Tally.Desk desk, String kind, Failure failure, Settlement settlement) {
    desk.count(
        switch (failure.type()) {
          case EXCEPTION -> Count.ERRORS;
          case TIMEOUT -> Count.TIMEOUTS;
          case CRASH, OUT_OF_MEMORY, KILLED -> Count.CRASHES;
          case LOST -> Count.LOST;
        });
    boolean again = settlement.move() instanceof Return && settlement.phase() == Phase.RUN;
    if (again) {
      desk.count(Count.RETRIED);
    }
    if (settlement.move() instanceof End) {
      desk.count(Count.FAILED);
    }
    desk.failed(settlement.key().id(), kind, failure, !again);
  }
}
