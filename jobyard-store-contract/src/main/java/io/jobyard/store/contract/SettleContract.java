package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.store.Counts;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.Phase;
import io.jobyard.store.Settlement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What each settlement makes of its job. */
public interface SettleContract extends StoreFixture {
  @Test
  default void successRemovesAndCounts() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    node.settle(lease, Moves.DONE);
    assertThat(node.knows(lease.key().id())).isFalse();
    assertThat(node.status().succeeded()).isEqualTo(1);
    assertThat(node.status().running()).isZero();
  }

  @Test
  default void returnMakesReadyAtOnce() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    node.settle(
        Moves.settle(
            lease.standing(),
            Moves.BACK,
            new Counts(0, 1, 2, 0),
            Phase.RUN,
            List.of(Moves.error("lost"))));

    JobView view = node.view(lease.key());
    assertThat(view.state()).isEqualTo(JobState.READY);
    assertThat(view.counts()).isEqualTo(new Counts(0, 1, 2, 0));
    assertThat(view.node()).isNull();
    assertThat(view.finishedAt()).isNull();
    assertThat(view.startedAt()).as("when it last ran").isNotNull();
    Lease again = node.lease();
    assertThat(again.standing().counts()).isEqualTo(new Counts(0, 1, 2, 0));
    assertThat(again.standing().attempt()).isEqualTo(4);
    assertThat(again.errors()).as("nobody needs them in phase RUN").isEmpty();
  }

  @Test
  default void returnWithDelaySchedules() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    node.settle(lease, Moves.later(units(3)));
    JobView view = node.view(lease.key());
    assertThat(view.state()).isEqualTo(JobState.SCHEDULED);
    assertThat(view.runAt()).isAfterOrEqualTo(view.pushedAt().plus(units(3)));
    assertThat(node.lease(1)).isEmpty();
    passUnits(3);
    Lease again = node.lease();
    assertThat(again.key().id()).isEqualTo(lease.key().id());
    assertThat(again.readyAt()).isEqualTo(view.runAt());
  }

  @Test
  default void endKeepsTheJobForOperators() {
    Actor node = Actor.on(open());
    for (JobState end : List.of(JobState.FAILED, JobState.CANCELLED)) {
      Lease lease = node.pushAndLease();
      node.settle(
          Moves.settle(
              lease.standing(),
              new Settlement.End(end),
              Moves.failed(4),
              Phase.FAILING,
              List.of(Moves.error("the end"))));

      JobView view = node.view(lease.key());
      assertThat(view.state()).isEqualTo(end);
      assertThat(view.counts()).isEqualTo(Moves.failed(4));
      assertThat(view.phase()).isEqualTo(Phase.FAILING);
      assertThat(view.errors()).containsExactly(Moves.error("the end"));
      assertThat(view.finishedAt()).isNotNull();
      assertThat(view.node()).isNull();
      assertThat(node.lease(1)).isEmpty();
    }
    assertThat(node.status().failed()).isEqualTo(1);
    assertThat(node.status().cancelled()).isEqualTo(1);
  }

  @Test
  default void stayKeepsTheLeaseAndWritesThePhase() {
    Actor node = Actor.named("app-1", open());
    Lease lease = node.pushAndLease();
    node.settle(staying(lease, Moves.error("out of retries")));

    JobView view = node.view(lease.key());
    assertThat(view.state()).isEqualTo(JobState.RUNNING);
    assertThat(view.phase()).isEqualTo(Phase.FAILING);
    assertThat(view.counts()).isEqualTo(Moves.failed(4));
    assertThat(view.errors()).containsExactly(Moves.error("out of retries"));
    assertThat(view.fence()).isEqualTo(lease.key().fence());
    assertThat(view.node()).isEqualTo("app-1");
    assertThat(node.lease(1)).isEmpty();
    assertThat(node.store.held(node.session))
        .singleElement()
        .satisfies(standing -> {
          assertThat(standing.key()).isEqualTo(lease.key());
          assertThat(standing.phase()).isEqualTo(Phase.FAILING);
          assertThat(standing.counts()).isEqualTo(Moves.failed(4));
        });
    node.settle(lease, Moves.FAIL);
  }

  private static Settlement staying(Lease lease, Failure error) {
    return Moves.settle(
        lease.standing(), Moves.STAY, Moves.failed(4), Phase.FAILING, List.of(error));
  }

  @Test
  default void aFailingJobOfADeadNodeIsLeasedFailingAgain() {
    Actor dead = Actor.on(open());
    Actor node = Actor.on(open());
    Lease lease = dead.pushAndLease();
    dead.settle(staying(lease, Moves.error("out of retries")));
    dead.store.leave(dead.session);

    var orphan = node.store.orphans(units(3), 10).getFirst();
    assertThat(orphan.phase()).isEqualTo(Phase.FAILING);
    Counts counts = new Counts(4, 0, 0, 1);
    node.settle(
        Moves.settle(orphan, Moves.BACK, counts, Phase.FAILING, List.of(Moves.error("node died"))));

    Lease again = node.lease();
    assertThat(again.standing().phase()).isEqualTo(Phase.FAILING);
    assertThat(again.standing().counts()).isEqualTo(counts);
    assertThat(again.errors())
        .containsExactly(Moves.error("out of retries"), Moves.error("node died"));
  }

  @Test
  default void returnMayCarryThePhaseToo() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    node.settle(
        Moves.settle(
            lease.standing(),
            Moves.BACK,
            new Counts(0, 0, 3, 0),
            Phase.FAILING,
            List.of(Moves.error("lost for the third time"))));
    Lease again = node.lease();
    assertThat(again.standing().phase()).isEqualTo(Phase.FAILING);
    assertThat(again.errors()).containsExactly(Moves.error("lost for the third time"));
  }

  @Test
  default void aLongHistoryKeepsItsBeginningAndItsEnd() {
    Actor node = Actor.on(open());
    UUID id = node.push();
    List<Failure> expected = new ArrayList<>();
    for (int run = 1; run <= Limits.MAX_ERRORS + 20; run++) {
      Failure error = Moves.error("run " + run);
      if (run <= Limits.FIRST_ERRORS || run > Limits.FIRST_ERRORS + 20) {
        expected.add(error);
      }
      Lease lease = node.lease();
      node.settle(
          Moves.settle(lease.standing(), Moves.BACK, Moves.failed(run), Phase.RUN, List.of(error)));
    }
    assertThat(node.view(id).errors()).isEqualTo(expected);
  }

  @Test
  default void errorsGatherInOrder() {
    Actor node = Actor.on(open());
    UUID id = node.push();
    List<Failure> expected = new ArrayList<>();
    for (int run = 1; run <= 4; run++) {
      List<Failure> errors = List.of(Moves.error("run " + run), Moves.error("more of " + run));
      expected.addAll(errors);
      Lease lease = node.lease();
      node.settle(Moves.settle(lease.standing(), Moves.BACK, Moves.failed(run), Phase.RUN, errors));
    }
    assertThat(node.view(id).errors()).isEqualTo(expected);
  }

  @Test
  default void anErrorComesBackAsItWas() {
    Actor node = Actor.on(open());
    List<Failure> errors =
        List.of(
            new Failure(
                FailureType.TIMEOUT,
                "",
                "Grüße, 世界 👋 \"quoted\"\n\ttab \\ and \u0001",
                "",
                Instant.ofEpochMilli(1_700_000_000_001L),
                "nodé",
                Long.MAX_VALUE,
                "\"job\" #1\n\tat Loop.forever(Loop.java:3)"),
            new Failure(
                FailureType.OUT_OF_MEMORY,
                "java.lang.OutOfMemoryError",
                "",
                "x".repeat(100_000),
                Instant.EPOCH,
                "",
                0,
                null));
    Lease lease = node.pushAndLease();
    node.settle(Moves.settle(lease.standing(), Moves.FAIL, Moves.failed(1), Phase.RUN, errors));
    assertThat(node.view(lease.key()).errors()).isEqualTo(errors);
    assertThat(node.store.list(JobFilter.of(Actor.QUEUE), null, 1).jobs().getFirst().errors())
        .isEqualTo(errors);
  }

  @Test
  default void logLinesGatherWithAJobThatStays() {
    Actor node = Actor.on(open());
    Lease first = node.pushAndLease();
    node.settle(Moves.logging(Moves.settle(first, Moves.BACK), "one", "zwei – 二"));
    Lease second = node.lease();
    node.settle(Moves.logging(Moves.settle(second, Moves.STAY), ""));
    node.settle(Moves.logging(Moves.settle(second, Moves.FAIL), "four"));
    assertThat(node.view(first.key()).log()).containsExactly("one", "zwei – 二", "", "four");
  }

  @Test
  default void pushesHappenWithTheirSettlement() {
    Actor node = Actor.on(open());
    for (Settlement.Move move :
        List.of(Moves.DONE, Moves.FAIL, Moves.CANCEL, Moves.STAY, Moves.later(units(99)))) {
      Lease lease = node.pushAndLease();
      NewJob now = Draft.job().parent(lease.key().id()).queue("next").done();
      NewJob later = Draft.job().in(units(9)).queue("next").done();
      node.settle(Moves.with(Moves.settle(lease, move), now, later));

      assertThat(node.view(now.id()).state()).isEqualTo(JobState.READY);
      assertThat(node.view(now.id()).parentId()).isEqualTo(lease.key().id());
      assertThat(node.view(later.id()).state()).isEqualTo(JobState.SCHEDULED);
    }
    assertThat(Actor.sum(node.status("next"))).isEqualTo(10);
  }

  @Test
  default void aPushThatIsThereAlreadyDoesNotHinderItsSettlement() {
    Actor node = Actor.on(open());
    node.push(Draft.job().queue("next").externalId("once"));
    Lease lease = node.pushAndLease();
    node.settle(
        Moves.with(
            Moves.settle(lease, Moves.DONE),
            Draft.job().queue("next").externalId("once").done(),
            Draft.job().queue("next").externalId("twice").done(),
            Draft.job().queue("next").externalId("twice").done()));
    assertThat(node.status().succeeded()).isEqualTo(1);
    assertThat(Actor.sum(node.status("next"))).isEqualTo(2);
  }

  @Test
  default void aFollowerMayTakeTheExternalIdItsJobGivesUp() {
    Actor node = Actor.on(open());
    node.push(Draft.job().externalId("nightly"));
    NewJob next = Draft.job().externalId("nightly").in(units(9)).done();
    node.settle(Moves.with(Moves.settle(node.lease(), Moves.DONE), next));
    assertThat(node.view(next.id()).externalId()).isEqualTo("nightly");
  }

  @Test
  default void oneBatchMaySpanQueuesAndMoves() {
    Actor node = Actor.on(open());
    node.push(Draft.job().queue("other"));
    node.push(4);
    List<Lease> own = node.lease(4);
    Lease other =
        node.store
            .lease(new LeaseRequest(node.session, "other", 1, Long.MAX_VALUE, Set.of()))
            .leases()
            .getFirst();
    node.settle(
        Moves.settle(own.get(0), Moves.DONE),
        Moves.settle(other, Moves.DONE),
        Moves.settle(own.get(1), Moves.BACK),
        Moves.settle(own.get(2), Moves.FAIL),
        Moves.settle(own.get(3), Moves.later(units(9))));

    var status = node.status();
    assertThat(List.of(status.succeeded(), status.ready(), status.failed(), status.scheduled()))
        .containsOnly(1L);
    assertThat(node.status("other").succeeded()).isEqualTo(1);
  }

  @Test
  default void anotherOpenStoreMaySettle() {
    Actor leaser = Actor.on(open());
    Lease lease = leaser.pushAndLease();
    Actor settler = Actor.on(open());
    settler.settle(lease, Moves.DONE);
    leaser.settleInVain(Moves.settle(lease, Moves.DONE));
    assertThat(leaser.store.held(leaser.session)).isEmpty();
  }
}
