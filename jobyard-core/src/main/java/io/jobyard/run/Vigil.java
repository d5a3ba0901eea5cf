package io.jobyard.run;

import io.jobyard.run.RunBoard.Mark;
import java.time.Duration;
import java.util.List;

/**
 * Looks after the workers' hands from time to time: whoever does not stop a run in time, or does
 * not start one, is killed; what waits in one hand while another idles is taken back. Guarded by
 * its dispatcher's lock.
 */
final class Vigil {
  private static final long TICK = Duration.ofMillis(20).toNanos();
  private static final long SLOW_TICK = Duration.ofMillis(200).toNanos();
  private static final long UNMOVED = Duration.ofMillis(200).toNanos();

  /** A worker starts what it has a slot for in well under a millisecond; a frozen one never. */
  private static final long UNANSWERED = Duration.ofSeconds(3).toNanos();

  /** Time for a worker to report a timeout of its own accord: the dump, and the way here. */
  private static final Duration REPORT_SLACK = Duration.ofMillis(700);

  private final HandOut handOut;
  private final Ends ends;
  private final Failures failures;
  private final long report;
  private long lastTick = System.nanoTime();

  Vigil(HandOut handOut, Ends ends, Failures failures, Duration killGrace) {
    this.handOut = handOut;
    this.ends = ends;
    this.failures = failures;
    this.report = killGrace.plus(REPORT_SLACK).toNanos();
  }

  /**
   * Nanoseconds until it is time to look again.
   *
   * @param often whether something is awaited of which nobody will tell
   */
  long untilTick(long now, boolean often) {
    long period = often ? TICK : handOut.hands.watchPeriod(TICK, SLOW_TICK);
    return Math.max(0, lastTick + period - now);
  }

  void tick(long now, boolean often) {
    if (untilTick(now, often) > 0) {
      return;
    }
    lastTick = now;
    for (Hand hand : handOut.hands.all()) {
      stopOverdue(hand, now);
      stopDeaf(hand, now);
      if (hand.ahead() > 0) {
        rebalance(hand, now);
      }
    }
    handOut.returnPinned(now);
    handOut.run();
  }

  /** Takes back what waits in this hand, for an idle one, or for the store if nothing moves. */
  private void rebalance(Hand hand, long now) {
    boolean othersIdle = handOut.hands.idleBesides(hand) > handOut.line.size();
    if (othersIdle) {
      handOut.recall(hand, now - TICK);
    } else {
      handOut.returnUnstarted(hand, now - UNMOVED);
    }
  }

  /** A worker whose JVM does not answer cannot stop its own runs: then its process must go. */
  private void stopOverdue(Hand hand, long now) {
    for (Assignment assignment : hand.all()) {
      Mark mark = hand.mark(assignment);
      if (mark != Mark.STARTED && mark != Mark.WAITING) {
        continue;
      }
      Outcome outcome = null;
      if (hand.cancelledFor(assignment, report, now)) {
        outcome = new Outcome.Cancelled();
      } else if (!assignment.timeout().isZero()
          && hand.runningFor(assignment, now) > assignment.timeout().toNanos() + report) {
        outcome = new Outcome.TimedOut(failures.unanswered(assignment.timeout()), true);
      }
      if (outcome != null && hand.take(assignment.ticket()) != null) {
        ends.settle(assignment.lease(), outcome, List.of());
        handOut.condemn(hand, "it did not answer when a job had to stop");
      }
    }
  }

  /** A worker that leaves a job lying although it has a slot for it will not start it any more. */
  private void stopDeaf(Hand hand, long now) {
    if (hand.freeSlots() > 0 && !hand.unstarted(now - UNANSWERED).isEmpty()) {
      handOut.condemn(hand, "it did not start a job that was handed to it");
    }
  }
}
