package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which jobs a node is given, in which order, and when there are more. */
public interface LeaseContract extends StoreFixture {
  @Test
  default void oldestFirst() {
    Actor node = Actor.on(open());
    List<UUID> ids = node.push(10);
    List<UUID> leased = new ArrayList<>(Actor.ids(node.lease(4)));
    leased.addAll(Actor.ids(node.lease(100)));
    assertThat(leased).isEqualTo(ids);
    assertThat(node.lease(1)).isEmpty();
  }

  @Test
  default void priorityBeforeAge() {
    Actor node = Actor.on(open());
    UUID low = node.push(Draft.job().priority(10));
    UUID normal = node.push();
    UUID high = node.push(Draft.job().priority(-10));
    UUID normalToo = node.push();
    UUID lowest = node.push(Draft.job().priority(Integer.MAX_VALUE));
    UUID highest = node.push(Draft.job().priority(Integer.MIN_VALUE));
    assertThat(Actor.ids(node.lease(10)))
        .containsExactly(highest, high, normal, normalToo, low, lowest);
  }

  @Test
  default void aReturnedJobTakesItsOldPlace() {
    Actor node = Actor.on(open());
    List<UUID> ids = node.push(3);
    Lease first = node.lease(1).getFirst();
    node.settle(first, Moves.BACK);
    assertThat(Actor.ids(node.lease(3))).isEqualTo(ids);
  }

  @Test
  default void aRetriedJobTakesItsOldPlace() {
    Actor node = Actor.on(open());
    Lease failed = node.pushAndLease();
    node.settle(failed, Moves.FAIL);
    UUID younger = node.push();
    node.store.retry(JobFilter.ids(Set.of(failed.key().id())), 1);
    assertThat(Actor.ids(node.lease(2))).containsExactly(failed.key().id(), younger);
  }

  @Test
  default void aLeasedJobIsRunning() {
    Actor node = Actor.named("app-1", open());
    Lease lease = node.pushAndLease();
    JobView view = node.view(lease.key());
    assertThat(view.state()).isEqualTo(JobState.RUNNING);
    assertThat(view.node()).isEqualTo("app-1");
    assertThat(view.startedAt()).isNotNull();
    assertThat(node.status().running()).isEqualTo(1);
    assertThat(node.status().ready()).isZero();
  }

  @Test
  default void onlyItsOwnQueue() {
    Actor node = Actor.on(open());
    node.push(Draft.job().queue("other"));
    assertThat(node.lease(1)).isEmpty();
    UUID own = node.push();
    assertThat(Actor.ids(node.lease(5))).containsExactly(own);
  }

  @Test
  default void onlyTheKindsAskedFor() {
    Actor node = Actor.on(open());
    node.push(Draft.job().kind("a"));
    UUID b = node.push(Draft.job().kind("b"));
    node.push(Draft.job().kind("B"));
    UUID c = node.push(Draft.job().kind("c"));
    UUID b2 = node.push(Draft.job().kind("b"));

    assertThat(leaseKinds(node, 2, Set.of("b", "c"))).containsExactly(b, c);
    assertThat(leaseKinds(node, 9, Set.of("b", "c"))).containsExactly(b2);
    assertThat(leaseKinds(node, 9, Set.of("nobody's"))).isEmpty();
    assertThat(node.lease(9)).hasSize(2);
  }

  private static List<UUID> leaseKinds(Actor node, int count, Set<String> kinds) {
    return Actor.ids(
        node.store
            .lease(new LeaseRequest(node.session, Actor.QUEUE, count, Long.MAX_VALUE, kinds))
            .leases());
  }

  @Test
  default void bytesLimitTheBatchButGiveAtLeastOne() {
    Actor node = Actor.on(open());
    for (int i = 0; i < 4; i++) {
      node.push(Draft.job().payload(new byte[1_000]));
    }
    assertThat(leaseBytes(node, 2_500)).hasSize(2);
    assertThat(leaseBytes(node, 10)).as("at least one").hasSize(1);
    assertThat(leaseBytes(node, 1_000)).as("exactly the limit").hasSize(1);
    assertThat(leaseBytes(node, 1_000)).isEmpty();
  }

  @Test
  default void bytesLimitSkipsNobody() {
    Actor node = Actor.on(open());
    UUID small = node.push(Draft.job().payload(new byte[10]));
    UUID large = node.push(Draft.job().payload(new byte[1_000]));
    UUID smallToo = node.push(Draft.job().payload(new byte[10]));
    assertThat(Actor.ids(leaseBytes(node, 100))).as("up to the large one").containsExactly(small);
    assertThat(Actor.ids(leaseBytes(node, 100))).containsExactly(large);
    assertThat(Actor.ids(leaseBytes(node, 100))).containsExactly(smallToo);
  }

  @Test
  default void largeBatchesComeInOrderAndSkipNobody() {
    Actor node = Actor.on(open());
    List<UUID> all = node.push(1_100);
    assertThat(Actor.ids(node.lease(400))).isEqualTo(all.subList(0, 400));
    assertThat(Actor.ids(node.lease(400))).isEqualTo(all.subList(400, 800));
    assertThat(Actor.ids(node.lease(400))).as("what is left").isEqualTo(all.subList(800, 1_100));
    assertThat(node.lease(400)).isEmpty();
  }

  @Test
  default void bytesLimitLargeBatchesToo() {
    Actor node = Actor.on(open());
    List<UUID> first = node.push(200);
    List<UUID> large = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      large.add(node.push(Draft.job().payload(new byte[2_000])));
    }
    List<UUID> last = node.push(200);
    assertThat(Actor.ids(node.lease(200))).isEqualTo(first);

    List<UUID> got = new ArrayList<>();
    for (List<Lease> some = leaseBytes(node, 200, 2_500); !some.isEmpty(); ) {
      int bytes = some.stream().mapToInt(lease -> lease.payload().bytes().length).sum();
      assertThat(bytes).isLessThanOrEqualTo(2_500);
      got.addAll(Actor.ids(some));
      some = leaseBytes(node, 200, 2_500);
    }

    large.addAll(last);
    assertThat(got).isEqualTo(large);
  }

  private static List<Lease> leaseBytes(Actor node, long bytes) {
    return leaseBytes(node, 100, bytes);
  }

  private static List<Lease> leaseBytes(Actor node, int count, long bytes) {
    return node.store
        .lease(new LeaseRequest(node.session, Actor.QUEUE, count, bytes, Set.of()))
        .leases();
  }

  @Test
  default void aDelayedJobWaitsItsTime() {
    Actor node = Actor.on(open());
    UUID id = node.push(Draft.job().in(units(3)));
    JobView before = node.view(id);
    assertThat(before.state()).isEqualTo(JobState.SCHEDULED);
    assertThat(before.runAt()).isEqualTo(before.pushedAt().plus(units(3)));
    assertThat(node.status().scheduled()).isEqualTo(1);
    assertThat(node.lease(1)).isEmpty();

    passUnits(3);
    Lease lease = node.lease();
    assertThat(lease.key().id()).isEqualTo(id);
    assertThat(lease.readyAt()).isEqualTo(before.runAt());
  }

  @Test
  default void aJobWhoseTimeCameIsReadyBeforeAnybodyAsks() {
    Actor node = Actor.on(open());
    UUID id = node.push(Draft.job().in(units(2)));
    node.store.pause(Actor.QUEUE, true);
    passUnits(3);
    assertThat(node.view(id).state()).isEqualTo(JobState.READY);
    assertThat(node.status().ready()).isEqualTo(1);
    assertThat(node.status().scheduled()).isZero();
    assertThat(node.store.list(JobFilter.of(Actor.QUEUE, JobState.READY), null, 5).jobs())
        .hasSize(1);
  }

  @Test
  default void anInstantIsWaitedForAndAPastOneIsNow() {
    Actor node = Actor.on(open());
    JobView now = node.view(node.push());
    node.settle(node.lease(), Moves.DONE);

    UUID past = node.push(Draft.job().at(now.pushedAt().minusSeconds(3_600)));
    UUID future = node.push(Draft.job().at(now.pushedAt().plus(units(3))));
    JobView pastView = node.view(past);
    assertThat(pastView.state()).isEqualTo(JobState.READY);
    assertThat(pastView.runAt()).isEqualTo(pastView.pushedAt());
    assertThat(node.view(future).state()).isEqualTo(JobState.SCHEDULED);
    assertThat(node.view(future).runAt()).isEqualTo(now.pushedAt().plus(units(3)));
    assertThat(node.lease().key().id()).isEqualTo(past);
    passUnits(3);
    assertThat(node.lease().key().id()).isEqualTo(future);
  }

  @Test
  default void dueJobsGoByPriorityAndAgeNotByWhenTheyCameDue() {
    Actor node = Actor.on(open());
    UUID older = node.push(Draft.job().in(units(3)));
    UUID younger = node.push(Draft.job().in(units(1)));
    UUID first = node.push(Draft.job().in(units(2)).priority(-1));
    passUnits(4);
    assertThat(Actor.ids(node.lease(3))).containsExactly(first, older, younger);
  }

  @Test
  default void nextDueTellsWhenToComeBack() {
    Actor node = Actor.on(open());
    assertThat(ask(node, 5).nextDue()).as("nothing there").isNull();
    node.push(Draft.job().in(units(9)));
    node.push(Draft.job().in(units(4)));
    node.push(Draft.job().queue("other").in(units(1)));
    assertThat(ask(node, 5).nextDue()).isLessThanOrEqualTo(units(4)).isGreaterThan(Duration.ZERO);
    if (harness().exact()) {
      assertThat(ask(node, 5).nextDue()).isEqualTo(units(4));
      passUnits(1);
      assertThat(ask(node, 5).nextDue()).isEqualTo(units(3));
    }
    node.push();
    Leased some = ask(node, 5);
    assertThat(some.leases()).hasSize(1);
    assertThat(some.nextDue()).as("asked for more than there was").isNotNull();
    node.push();
    assertThat(ask(node, 1).nextDue()).as("filled").isNull();
  }

  private static Leased ask(Actor node, int count) {
    return node.store.lease(
        new LeaseRequest(node.session, Actor.QUEUE, count, Long.MAX_VALUE, Set.of()));
  }

  @Test
  default void aPausedQueueGivesNothingUntilResumed() {
    Actor node = Actor.on(open());
    Actor other = Actor.on(open());
    Lease running = node.pushAndLease();
    UUID waiting = node.push();
    other.store.pause(Actor.QUEUE, true);
    other.store.pause(Actor.QUEUE, true);

    assertThat(node.status().paused()).isTrue();
    assertThat(ask(node, 5)).isEqualTo(new Leased(List.of(), null));
    node.settle(running, Moves.DONE);
    node.push(Draft.job().queue("other"));
    assertThat(node.status("other").paused()).isFalse();

    other.store.pause(Actor.QUEUE, false);
    assertThat(node.status().paused()).isFalse();
    assertThat(node.lease().key().id()).isEqualTo(waiting);
  }

  @Test
  default void anEndedSessionIsGivenNothing() {
    Actor node = Actor.on(open());
    node.push();
    node.store.leave(node.session);
    assertThat(ask(node, 5).leases()).isEmpty();
    assertThat(Actor.on(open()).lease(5)).hasSize(1);
  }
}
