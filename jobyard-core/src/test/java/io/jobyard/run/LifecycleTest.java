package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Backoff;
import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Phase;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.End;
import io.jobyard.store.Settlement.Return;
import io.jobyard.store.Settlement.Stay;
import io.jobyard.store.Settlement.Succeed;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LifecycleTest {
  private static final Duration THREE = Duration.ofSeconds(3);
  private static final Failure BOOM = failure(FailureType.EXCEPTION);

  @Test
  void successIsRemovedUnlessSomethingKeepsIt() {
    assertThat(settle(job(), new Outcome.Succeeded(null)).move())
        .isEqualTo(new Succeed(null, Duration.ZERO));

    byte[] value = {'1'};
    Settlement task = settle(task(), new Outcome.Succeeded(value));
    assertThat(task.move()).isEqualTo(new Succeed(value, Duration.ofHours(1)));
    assertThat(settle(task(), new Outcome.Succeeded(null)).move())
        .as("pushed by kind, it turned out to return nothing")
        .isEqualTo(new Succeed(null, Duration.ZERO));

    Policy keeping = policy(3, false, Duration.ofDays(2));
    assertThat(Lifecycle.settle(task(), new Outcome.Succeeded(value), keeping).move())
        .isEqualTo(new Succeed(value, Duration.ofDays(2)));
  }

  @Test
  void threeRetriesMeanOneRunAndThreeMore() {
    Standing job = job();
    for (int failed = 1; failed <= 3; failed++) {
      Settlement again = settle(job, new Outcome.Failed(BOOM, false));
      assertThat(again.move()).isEqualTo(new Return(THREE));
      assertThat(again.counts().failed()).isEqualTo(failed);
      assertThat(again.errors()).containsExactly(BOOM);
      assertThat(again.phase()).isEqualTo(Phase.RUN);
      job = with(job, again);
      assertThat(job.attempt()).isEqualTo(failed + 1);
    }
    assertThat(Lifecycle.lastAttempt(job, Policy.DEFAULT)).isTrue();
    assertThat(settle(job, new Outcome.Failed(BOOM, false)).move())
        .isEqualTo(new End(JobState.FAILED));
  }

  @Test
  void theLastFailureEntersThePhaseOfItsHandlersFirst() {
    Standing last = job(new Counts(3, 0, 0, 0), Phase.RUN);

    Settlement own = settle(last, new Outcome.Failed(BOOM, true));
    assertThat(own.move()).isEqualTo(new Stay());
    assertThat(own.phase()).isEqualTo(Phase.FAILING);
    assertThat(own.errors()).containsExactly(BOOM);

    Policy alerting = policy(3, true, Duration.ZERO);
    assertThat(Lifecycle.settle(last, new Outcome.Failed(BOOM, false), alerting).move())
        .isEqualTo(new Stay());

    Failure inHandler = failure(FailureType.EXCEPTION);
    Settlement end = settle(with(last, own), new Outcome.Handled(List.of(inHandler)));
    assertThat(end.move()).isEqualTo(new End(JobState.FAILED));
    assertThat(end.errors()).containsExactly(inHandler);
  }

  @Test
  void aTimeoutIsFinalUnlessTheJobOrItsQueueSaysOtherwise() {
    Outcome timedOut = new Outcome.TimedOut(failure(FailureType.TIMEOUT), false);
    assertThat(settle(job(), timedOut).move()).isEqualTo(new End(JobState.FAILED));

    JobSettings again = new JobSettings(null, null, null, true);
    Standing stubborn = new Standing(key(), "mail", false, again, Counts.ZERO, Phase.RUN);
    assertThat(settle(stubborn, timedOut).move()).isEqualTo(new Return(THREE));
  }

  @Test
  void aJobsOwnSettingsWin() {
    JobSettings own =
        new JobSettings(0, Backoff.fixed(Duration.ofMinutes(1)), Duration.ofSeconds(9), null);
    Standing job = new Standing(key(), "mail", false, own, Counts.ZERO, Phase.RUN);
    assertThat(Lifecycle.timeout(own, Policy.DEFAULT)).isEqualTo(Duration.ofSeconds(9));
    assertThat(Lifecycle.lastAttempt(job, Policy.DEFAULT)).isTrue();
    assertThat(settle(job, new Outcome.Failed(BOOM, false)).move())
        .isEqualTo(new End(JobState.FAILED));
    assertThat(settle(job, new Outcome.Crashed(failure(FailureType.CRASH))).move())
        .isEqualTo(new Return(Duration.ofMinutes(1)));
  }

  @Test
  void aPoisonJobEndsAfterMaxCrashesWhateverItsRetries() {
    Standing job = job();
    Failure crash = failure(FailureType.CRASH);
    for (int crashed = 1; crashed < 3; crashed++) {
      Settlement again = settle(job, new Outcome.Crashed(crash));
      assertThat(again.move()).isInstanceOf(Return.class);
      assertThat(again.counts()).isEqualTo(new Counts(0, crashed, 0, 0));
      job = with(job, again);
    }
    Settlement end = settle(job, new Outcome.Crashed(crash));
    assertThat(end.move()).isEqualTo(new Stay());
    assertThat(end.phase()).isEqualTo(Phase.FAILING);
  }

  @Test
  void aCrashInAHandlerRunsTheHandlersAgainAndNeverTheBody() {
    Standing failing = job(new Counts(4, 0, 0, 0), Phase.FAILING);
    for (Outcome death :
        List.of(
            new Outcome.Crashed(failure(FailureType.CRASH)),
            new Outcome.Lost(failure(FailureType.LOST)))) {
      Standing job = failing;
      for (int died = 1; died < 3; died++) {
        Settlement again = settle(job, death);
        assertThat(again.move()).isEqualTo(new Return(Duration.ZERO));
        assertThat(again.phase()).isEqualTo(Phase.FAILING);
        assertThat(again.counts()).isEqualTo(new Counts(4, 0, 0, died));
        job = with(job, again);
      }
      assertThat(settle(job, death).move()).isEqualTo(new End(JobState.FAILED));
    }
    assertThat(settle(failing, new Outcome.NotStarted()).phase()).isEqualTo(Phase.FAILING);
    assertThat(settle(failing, new Outcome.TimedOut(failure(FailureType.TIMEOUT), true)).move())
        .isEqualTo(new End(JobState.FAILED));
  }

  @Test
  void aLostJobRunsAgainAtOnceUntilMaxLost() {
    Failure lost = failure(FailureType.LOST);
    Settlement first = settle(job(), new Outcome.Lost(lost));
    assertThat(first.move()).isEqualTo(new Return(Duration.ZERO));
    assertThat(first.counts()).isEqualTo(new Counts(0, 0, 1, 0));

    Settlement third = settle(job(new Counts(0, 0, 2, 0), Phase.RUN), new Outcome.Lost(lost));
    assertThat(third.move()).isEqualTo(new Return(Duration.ZERO));
    assertThat(third.phase()).isEqualTo(Phase.FAILING);
  }

  @Test
  void releaseAndGivingBackCostNothing() {
    Standing job = job(new Counts(2, 1, 1, 0), Phase.RUN);
    Settlement released = settle(job, new Outcome.Released(Duration.ofMinutes(5)));
    assertThat(released.move()).isEqualTo(new Return(Duration.ofMinutes(5)));
    assertThat(released.counts()).isEqualTo(job.counts());

    Settlement back = settle(job, new Outcome.NotStarted());
    assertThat(back.move()).isEqualTo(new Return(Duration.ZERO));
    assertThat(back.counts()).isEqualTo(job.counts());
    assertThat(back.errors()).isEmpty();

    assertThat(settle(job, new Outcome.Cancelled()).move()).isEqualTo(new End(JobState.CANCELLED));
  }

  @Test
  void jitterComesFromTheLeaseAlone() {
    Backoff doubling = Backoff.doubling(Duration.ofSeconds(4), Duration.ofMinutes(10));
    JobSettings own = new JobSettings(9, doubling, null, null);
    Standing job = new Standing(key(), "mail", false, own, Counts.ZERO, Phase.RUN);
    Settlement once = settle(job, new Outcome.Failed(BOOM, false));
    assertThat(settle(job, new Outcome.Failed(BOOM, false))).isEqualTo(once);
    Return move = (Return) once.move();
    assertThat(move.delay()).isBetween(Duration.ofMillis(3600), Duration.ofMillis(4400));
  }

  private static Settlement settle(Standing job, Outcome outcome) {
    return Lifecycle.settle(job, outcome, Policy.DEFAULT);
  }

  private static Standing with(Standing job, Settlement settlement) {
    return new Standing(
        job.key(),
        job.queue(),
        job.task(),
        job.settings(),
        settlement.counts(),
        settlement.phase());
  }

  private static Standing job() {
    return job(Counts.ZERO, Phase.RUN);
  }

  private static Standing job(Counts counts, Phase phase) {
    return new Standing(key(), "mail", false, JobSettings.NONE, counts, phase);
  }

  private static Standing task() {
    return new Standing(key(), "mail", true, JobSettings.NONE, Counts.ZERO, Phase.RUN);
  }

  private static LeaseKey key() {
    return new LeaseKey(new UUID(0, 1), 1, 1, 0x1234_5678_9abc_def0L);
  }

  private static Policy policy(int retries, boolean failureHandler, Duration keepSucceeded) {
    return new Policy(
        retries,
        Backoff.fixed(THREE),
        Duration.ofSeconds(120),
        false,
        3,
        3,
        Duration.ofHours(1),
        keepSucceeded,
        failureHandler);
  }

  private static Failure failure(FailureType type) {
    return new Failure(type, "", "boom", "", Instant.EPOCH, "app-1", 42, null);
  }
}
