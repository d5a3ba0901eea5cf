package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Settlement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is kept after success, and for how long. */
public interface RetentionContract extends StoreFixture {
  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  default void aResultIsKeptForItsTime() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    node.settle(lease, Moves.kept(json("{\"w\":640}"), units(5)));

    JobView view = node.view(lease.key());
    assertThat(view.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(view.result()).isEqualTo(json("{\"w\":640}"));
    assertThat(view.finishedAt()).isNotNull();
    assertThat(node.store.purge(10)).as("before its time").isZero();
    passUnits(4);
    if (harness().exact()) {
      assertThat(node.store.purge(10)).as("before its time").isZero();
      assertThat(node.view(lease.key()).result()).isEqualTo(json("{\"w\":640}"));
    }
    passUnits(1);
    assertThat(node.store.purge(10)).isEqualTo(1);
    assertThat(node.knows(lease.key().id())).isFalse();
    assertThat(node.status().succeeded()).as("it stays counted").isEqualTo(1);
  }

  @Test
  default void aKeptJobNeedsNoResult() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    node.settle(Moves.logging(Moves.settle(lease, new Settlement.Succeed(null, units(5))), "done"));
    JobView view = node.view(lease.key());
    assertThat(view.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(view.result()).isNull();
    assertThat(view.log()).containsExactly("done");
  }

  @Test
  default void anEmptyResultIsNotNone() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    node.settle(lease, Moves.kept(new byte[0], units(5)));
    assertThat(node.view(lease.key()).result()).isNotNull().isEmpty();
  }

  @Test
  default void aResultThatIsNotKeptIsGoneAtOnce() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    node.settle(lease, Moves.kept(json("1"), Duration.ZERO));
    assertThat(node.knows(lease.key().id())).isFalse();
    assertThat(node.store.purge(10)).isZero();
  }

  @Test
  default void purgeGoesInSteps() {
    Actor node = Actor.on(open());
    node.push(7);
    List<Lease> leases = node.lease(7);
    for (Lease lease : leases.subList(0, 5)) {
      node.settle(lease, Moves.kept(json("1"), units(1)));
    }
    node.settle(leases.get(5), Moves.kept(json("1"), units(999)));
    passUnits(2);
    assertThat(node.store.purge(3)).isEqualTo(3);
    assertThat(node.store.purge(3)).isEqualTo(2);
    assertThat(node.store.purge(3)).isZero();
    assertThat(node.status().succeeded()).isEqualTo(6);
  }

  @Test
  default void failedAndCancelledWaitForAnOperator() {
    Actor node = Actor.on(open());
    UUID failed = node.pushAndEnd(1, JobState.FAILED).getFirst();
    UUID cancelled = node.pushAndEnd(1, JobState.CANCELLED).getFirst();
    passUnits(20);
    assertThat(node.store.purge(10)).isZero();
    assertThat(node.store.find(List.of(failed, cancelled))).hasSize(2);
  }

  @Test
  default void forgettingAKeptJobMovesItsCount() {
    Actor node = Actor.on(open());
    node.settle(node.pushAndLease(), Moves.kept(json("1"), units(9)));
    node.settle(node.pushAndLease(), Moves.DONE);
    assertThat(node.store.forget(JobFilter.of(Actor.QUEUE), 10)).isEqualTo(1);
    QueueStatus status = node.status();
    assertThat(status.succeeded()).isEqualTo(1);
    assertThat(status.forgotten()).isEqualTo(1);
    passUnits(10);
    assertThat(node.store.purge(10)).isZero();
    assertThat(Actor.sum(node.status())).isEqualTo(2);
  }
}
