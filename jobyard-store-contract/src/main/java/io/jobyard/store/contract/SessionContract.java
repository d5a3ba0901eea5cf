package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.jobyard.JobState;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.NodeStatus;
import io.jobyard.store.Phase;
import io.jobyard.store.Session;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Leases live as long as their session beats, and not a moment less. */
public interface SessionContract extends StoreFixture {
  /** How long a session may be silent, in units. */
  int LEASE = 3;

  private Duration lease() {
    return units(LEASE);
  }

  private static Set<LeaseKey> keys(List<Standing> standings) {
    return standings.stream().map(Standing::key).collect(Collectors.toSet());
  }

  /** Looks, lets a lease's length go by, and looks again, as a janitor does. */
  private List<Standing> orphansAfterSilence(Actor janitor) {
    janitor.store.orphans(lease(), 100);
    passUnits(LEASE + 1);
    janitor.store.beat(janitor.session);
    return janitor.store.orphans(lease(), 100);
  }

  @Test
  default void sessionsHaveNumbersOfTheirOwn() {
    Set<Long> numbers = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      Actor node = Actor.on(open());
      numbers.add(node.session.number());
      assertThat(node.session.node()).isEqualTo("node-1");
      if (i % 2 == 0) {
        node.store.leave(node.session);
      }
    }
    assertThat(numbers).hasSize(5);
  }

  @Test
  default void aJoinedSessionIsListedAndCountsAsConsumer() {
    Actor first = Actor.named("app-1", open());
    var store = open();
    Session second = store.join(new NodeInfo("app-2", 99, Set.of(Actor.QUEUE, "other")));

    assertThat(first.store.nodes())
        .extracting(NodeStatus::session, NodeStatus::node, NodeStatus::pid, NodeStatus::queues)
        .containsExactlyInAnyOrder(
            tuple(first.session.number(), "app-1", 4711L, Set.of(Actor.QUEUE)),
            tuple(second.number(), "app-2", 99L, Set.of(Actor.QUEUE, "other")));
    assertThat(first.status().consumers()).isEqualTo(2);
    assertThat(first.status("other").consumers()).isEqualTo(1);

    store.leave(second);
    store.leave(second);
    assertThat(first.store.nodes()).hasSize(1);
    assertThat(first.status().consumers()).isEqualTo(1);
    assertThat(first.status("other").consumers()).isZero();
  }

  @Test
  default void beatMovesBeatAtOnly() {
    Actor node = Actor.on(open());
    NodeStatus before = node.store.nodes().getFirst();
    passUnits(1);
    assertThat(node.store.beat(node.session)).isTrue();
    NodeStatus after = node.store.nodes().getFirst();
    assertThat(after.joinedAt()).isEqualTo(before.joinedAt());
    assertThat(after.beatAt()).isAfter(before.beatAt());
  }

  @Test
  default void aSilentSessionEnds() {
    Actor silent = Actor.on(open());
    Actor janitor = Actor.on(open());
    silent.push(2);
    List<Lease> leases = silent.lease(2);

    List<Standing> orphans = orphansAfterSilence(janitor);
    assertThat(keys(orphans)).isEqualTo(Set.of(leases.get(0).key(), leases.get(1).key()));
    assertThat(orphans).contains(leases.get(0).standing());
    assertThat(silent.store.beat(silent.session)).isFalse();
    assertThat(silent.store.beat(silent.session)).as("it stays ended").isFalse();
    assertThat(silent.lease(1)).isEmpty();
    assertThat(janitor.status().consumers()).isEqualTo(1);
    assertThat(janitor.store.nodes()).hasSize(1);
    assertThat(janitor.status().running()).as("leased until settled").isEqualTo(2);
  }

  @Test
  default void aSilentSessionWithoutLeasesEndsToo() {
    Actor silent = Actor.on(open());
    Actor janitor = Actor.on(open());
    assertThat(orphansAfterSilence(janitor)).isEmpty();
    assertThat(silent.store.beat(silent.session)).isFalse();
  }

  @Test
  default void aBeatingSessionNeverEnds() {
    Actor node = Actor.on(open());
    Actor janitor = Actor.on(open());
    Lease lease = node.pushAndLease();
    for (int i = 0; i < 4 * LEASE; i++) {
      passUnits(1);
      assertThat(node.store.beat(node.session)).isTrue();
      assertThat(janitor.store.beat(janitor.session)).isTrue();
      assertThat(janitor.store.orphans(lease(), 100)).isEmpty();
    }
    node.settle(lease, Moves.DONE);
  }

  @Test
  default void aSessionThatMissedABeatOrTwoLives() {
    Actor node = Actor.on(open());
    Actor janitor = Actor.on(open());
    janitor.store.orphans(lease(), 100);
    passUnits(LEASE - 1);
    assertThat(janitor.store.orphans(lease(), 100)).isEmpty();
    assertThat(node.store.beat(node.session)).isTrue();
    passUnits(LEASE - 1);
    assertThat(janitor.store.orphans(lease(), 100)).isEmpty();
    assertThat(node.store.beat(node.session)).isTrue();
  }

  @Test
  default void aJumpOfTheClockEndsNothing() {
    Actor node = Actor.on(open());
    Actor janitor = Actor.on(open());
    Lease lease = node.pushAndLease();
    janitor.store.orphans(lease(), 100);
    for (Duration jump : List.of(Duration.ofHours(1), Duration.ofHours(-2))) {
      Assumptions.assumeTrue(harness().jump(jump), "the clock is the server's");
      assertThat(janitor.store.orphans(lease(), 100)).isEmpty();
      assertThat(node.store.beat(node.session)).isTrue();
    }
    // A clock that went back must not make a dead session immortal.
    assertThat(orphansAfterSilence(janitor)).extracting(Standing::key).containsExactly(lease.key());
  }

  @Test
  default void leavingMakesOrphansAtOnce() {
    Actor leaver = Actor.on(open());
    Actor other = Actor.on(open());
    Lease lease = leaver.pushAndLease();
    assertThat(other.store.orphans(lease(), 100)).isEmpty();
    leaver.store.leave(leaver.session);
    assertThat(other.store.orphans(lease(), 100))
        .extracting(Standing::key)
        .containsExactly(lease.key());
    assertThat(leaver.store.beat(leaver.session)).isFalse();
  }

  @Test
  default void orphansStayOrphansUntilSettled() {
    Actor leaver = Actor.on(open());
    leaver.push(5);
    List<Lease> leases = leaver.lease(5);
    leaver.store.leave(leaver.session);

    Actor janitor = Actor.on(open());
    Set<LeaseKey> settled = new HashSet<>();
    while (settled.size() < 5) {
      List<Standing> some = janitor.store.orphans(lease(), 2);
      assertThat(some).hasSizeBetween(1, 2);
      for (Standing orphan : some) {
        assertThat(settled.add(orphan.key())).isTrue();
        janitor.settle(Moves.settle(orphan, Moves.BACK));
      }
    }
    assertThat(settled).isEqualTo(leases.stream().map(Lease::key).collect(Collectors.toSet()));
    assertThat(janitor.store.orphans(lease(), 2)).isEmpty();
    assertThat(janitor.lease(9)).hasSize(5);
  }

  @Test
  default void twoJanitorsSettleAnOrphanOnce() {
    Actor leaver = Actor.on(open());
    Lease lease = leaver.pushAndLease();
    leaver.store.leave(leaver.session);

    Actor first = Actor.on(open());
    Actor second = Actor.on(open());
    Standing seenByFirst = first.store.orphans(lease(), 10).getFirst();
    Standing seenBySecond = second.store.orphans(lease(), 10).getFirst();
    first.settle(Moves.settle(seenByFirst, Moves.BACK));
    second.settleInVain(Moves.settle(seenBySecond, Moves.FAIL));
    assertThat(first.view(lease.key()).state()).isEqualTo(JobState.READY);

    Lease next = first.lease();
    second.settleInVain(Moves.settle(seenBySecond, Moves.FAIL));
    first.settle(next, Moves.DONE);
  }

  /** Else a janitor that saw it before would undo the phase, and the body would run again. */
  @Test
  default void aJobOfAnEndedSessionDoesNotStayInItsHands() {
    Actor leaver = Actor.on(open());
    Actor janitor = Actor.on(open());
    Lease lease = leaver.pushAndLease();
    leaver.store.leave(leaver.session);
    Standing orphan = janitor.store.orphans(lease(), 10).getFirst();
    leaver.settleInVain(
        Moves.settle(lease.standing(), Moves.STAY, Moves.failed(1), Phase.FAILING, List.of()));
    assertThat(janitor.view(lease.key()).phase()).isEqualTo(Phase.RUN);
    janitor.settle(Moves.settle(orphan, Moves.BACK));
  }

  @Test
  default void heldTellsEveryLeaseOfTheSession() {
    Actor node = Actor.on(open());
    Actor other = Actor.on(open());
    assertThat(node.store.held(node.session)).isEmpty();
    node.push(6);
    List<Lease> own = node.lease(4);
    other.lease(2);

    List<Standing> expected = new ArrayList<>(own.stream().map(Lease::standing).toList());
    assertThat(node.store.held(node.session)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(other.store.held(node.session)).hasSize(4);
    node.settle(own.getFirst(), Moves.DONE);
    expected.removeFirst();
    assertThat(node.store.held(node.session)).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  default void aNodeThatComesBackIsANewSession() {
    Actor before = Actor.named("app-1", open());
    Lease lease = before.pushAndLease();
    Actor after = Actor.named("app-1", open());
    assertThat(after.store.held(after.session)).isEmpty();
    assertThat(after.store.orphans(lease(), 10)).as("the old one may still live").isEmpty();
    assertThat(orphansAfterSilence(after)).extracting(Standing::key).containsExactly(lease.key());
  }
}
