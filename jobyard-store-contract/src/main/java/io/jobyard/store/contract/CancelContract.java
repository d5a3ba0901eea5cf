package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.Phase;
import io.jobyard.store.Settlement;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a cancel does to a job in each state, and who wins. */
public interface CancelContract extends StoreFixture {
  private static CancelAnswer cancel(Actor node, UUID id) {
    Map<UUID, CancelAnswer> answers = node.store.cancel(List.of(id));
    assertThat(answers).containsOnlyKeys(id);
    return answers.values().iterator().next();
  }

  @Test
  default void waitingJobsEndAtOnce() {
    Actor node = Actor.on(open());
    UUID ready = node.push();
    UUID scheduled = node.push(Draft.job().in(units(2)));
    for (UUID id : List.of(ready, scheduled)) {
      assertThat(cancel(node, id)).isEqualTo(CancelAnswer.CANCELLED);
      JobView view = node.view(id);
      assertThat(view.state()).isEqualTo(JobState.CANCELLED);
      assertThat(view.finishedAt()).isNotNull();
      assertThat(cancel(node, id)).isEqualTo(CancelAnswer.FINISHED);
    }
    passUnits(3);
    assertThat(node.lease(5)).isEmpty();
    assertThat(node.status().cancelled()).isEqualTo(2);
  }

  @Test
  default void runningJobsAreFlagged() {
    Actor node = Actor.on(open());
    Actor other = Actor.on(open());
    node.push(3);
    List<Lease> leases = node.lease(2);
    Lease wanted = leases.get(1);
    assertThat(node.store.cancelRequested(node.session)).isEmpty();

    assertThat(cancel(other, wanted.key().id())).isEqualTo(CancelAnswer.REQUESTED);
    assertThat(cancel(other, wanted.key().id())).isEqualTo(CancelAnswer.REQUESTED);
    assertThat(node.view(wanted.key()).state()).isEqualTo(JobState.RUNNING);
    assertThat(node.view(wanted.key()).cancelRequested()).isTrue();
    assertThat(node.view(leases.get(0).key()).cancelRequested()).isFalse();
    assertThat(node.store.cancelRequested(node.session)).containsExactly(wanted.key());
    assertThat(other.store.cancelRequested(other.session)).isEmpty();

    node.settle(wanted, Moves.CANCEL);
    assertThat(node.view(wanted.key()).state()).isEqualTo(JobState.CANCELLED);
    assertThat(node.store.cancelRequested(node.session)).isEmpty();
  }

  @Test
  default void endedAndUnknownJobsAreLeftAlone() {
    Actor node = Actor.on(open());
    UUID failed = node.pushAndEnd(1, JobState.FAILED).getFirst();
    UUID kept = node.push();
    node.settle(node.lease(), Moves.kept("1".getBytes(StandardCharsets.UTF_8), units(50)));
    UUID done = node.push();
    node.settle(node.lease(), Moves.DONE);
    UUID never = UUID.randomUUID();

    assertThat(node.store.cancel(List.of(failed, kept, done, never, failed)))
        .isEqualTo(
            Map.of(
                failed,
                CancelAnswer.FINISHED,
                kept,
                CancelAnswer.FINISHED,
                done,
                CancelAnswer.UNKNOWN,
                never,
                CancelAnswer.UNKNOWN));
    assertThat(node.view(failed).state()).isEqualTo(JobState.FAILED);
    assertThat(node.view(kept).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(node.store.cancel(List.of())).isEmpty();
  }

  @Test
  default void successSettledFirstWins() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    cancel(node, lease.key().id());
    node.settle(lease, Moves.DONE);
    assertThat(node.status().succeeded()).isEqualTo(1);
    assertThat(node.status().cancelled()).isZero();
  }

  @Test
  default void failureSettledFirstWins() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    cancel(node, lease.key().id());
    node.settle(lease, Moves.FAIL);
    assertThat(node.view(lease.key()).state()).isEqualTo(JobState.FAILED);
  }

  @Test
  default void aReturnedJobEndsCancelled() {
    Actor node = Actor.on(open());
    for (Settlement.Move move : List.of(Moves.BACK, Moves.later(units(2)))) {
      for (Phase phase : Phase.values()) {
        Lease lease = node.pushAndLease();
        cancel(node, lease.key().id());
        node.settle(
            Moves.settle(
                lease.standing(), move, Moves.failed(1), phase, List.of(Moves.error("late"))));

        JobView view = node.view(lease.key());
        assertThat(view.state()).isEqualTo(JobState.CANCELLED);
        assertThat(view.finishedAt()).isNotNull();
        assertThat(view.errors()).containsExactly(Moves.error("late"));
        assertThat(view.counts()).isEqualTo(Moves.failed(1));
      }
    }
    passUnits(3);
    assertThat(node.lease(9)).isEmpty();
    assertThat(node.status().cancelled()).isEqualTo(4);
  }

  @Test
  default void aCancelOutlivesTheNode() {
    Actor dead = Actor.on(open());
    Actor janitor = Actor.on(open());
    Lease lease = dead.pushAndLease();
    cancel(janitor, lease.key().id());
    dead.store.leave(dead.session);
    janitor.settle(Moves.settle(janitor.store.orphans(units(3), 5).getFirst(), Moves.BACK));
    assertThat(janitor.view(lease.key()).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  default void stayKeepsTheRequest() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    cancel(node, lease.key().id());
    node.settle(lease, Moves.STAY);
    assertThat(node.store.cancelRequested(node.session)).containsExactly(lease.key());
    node.settle(lease, Moves.BACK);
    assertThat(node.view(lease.key()).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  default void aRetriedJobIsNoLongerAskedToCancel() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    cancel(node, lease.key().id());
    node.settle(lease, Moves.CANCEL);
    node.store.retry(JobFilter.ids(Set.of(lease.key().id())), 1);

    Lease again = node.lease();
    assertThat(node.view(again.key()).cancelRequested()).isFalse();
    assertThat(node.store.cancelRequested(node.session)).isEmpty();
    node.settle(again, Moves.BACK);
    assertThat(node.view(again.key()).state()).isEqualTo(JobState.READY);
  }
}
