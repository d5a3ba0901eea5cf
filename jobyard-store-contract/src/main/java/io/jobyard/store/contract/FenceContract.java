package io.jobyard.store.contract;

import static io.jobyard.store.contract.Moves.BACK;
import static io.jobyard.store.contract.Moves.CANCEL;
import static io.jobyard.store.contract.Moves.DONE;
import static io.jobyard.store.contract.Moves.FAIL;
import static io.jobyard.store.contract.Moves.STAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobState;
import io.jobyard.StaleLease;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.Phase;
import io.jobyard.store.Settlement;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** No zombie: who lost a lease can change nothing, and no lease is taken for another. */
public interface FenceContract extends StoreFixture {
  @Test
  default void fenceGrowsByOneWithEveryLease() {
    Actor node = Actor.on(open());
    UUID id = node.push();
    assertThat(node.view(id).fence()).isZero();

    for (int fence = 1; fence <= 5; fence++) {
      Lease lease = node.lease();
      assertThat(lease.key().fence()).isEqualTo(fence);
      assertThat(node.view(id).fence()).isEqualTo(fence);
      node.settle(lease, BACK);
      assertThat(node.view(id).fence()).as("fence of a returned job").isEqualTo(fence);
    }
  }

  @Test
  default void fenceGrowsOverRetry() {
    Actor node = Actor.on(open());
    for (Settlement.Move end : List.of(FAIL, CANCEL)) {
      Lease before = node.pushAndLease();
      node.settle(before, end);
      assertThat(node.store.retry(JobFilter.of(Actor.QUEUE), 10)).isEqualTo(1);

      Lease after = node.lease();
      assertThat(after.key().fence()).isEqualTo(before.key().fence() + 1);
      node.settleInVain(Moves.settle(before, DONE));
      node.settle(after, DONE);
    }
  }

  @Test
  default void fenceGrowsOverOrphanage() {
    Actor first = Actor.on(open());
    Actor second = Actor.on(open());
    Lease lost = first.pushAndLease();
    first.store.leave(first.session);
    second.settle(Moves.settle(second.store.orphans(units(3), 10).getFirst(), BACK));

    Lease next = second.lease();
    assertThat(next.key().fence()).isEqualTo(lost.key().fence() + 1);
    first.settleInVain(Moves.settle(lost, DONE));
    second.settle(next, DONE);
  }

  @Test
  default void tokensDifferBetweenLeases() {
    Actor node = Actor.on(open());
    node.push(50);
    List<Lease> leases = node.lease(50);
    assertThat(leases.stream().map(lease -> lease.key().token()).distinct()).hasSize(50);

    Lease first = leases.getFirst();
    node.settle(first, BACK);
    assertThat(node.lease().key().token()).isNotEqualTo(first.key().token());
  }

  @Test
  default void everyPartOfTheKeyMustMatch() {
    Actor node = Actor.on(open());
    node.push(2);
    Lease lease = node.lease(2).getFirst();
    JobView before = node.view(lease.key());

    LeaseKey key = lease.key();
    for (LeaseKey wrong :
        List.of(
            new LeaseKey(UUID.randomUUID(), key.seq(), key.fence(), key.token()),
            new LeaseKey(key.id(), key.seq() + 1, key.fence(), key.token()),
            new LeaseKey(key.id(), key.seq(), key.fence() + 1, key.token()),
            new LeaseKey(key.id(), key.seq(), key.fence() - 1, key.token()),
            new LeaseKey(key.id(), key.seq(), key.fence(), key.token() + 1),
            new LeaseKey(key.id(), key.seq(), key.fence(), 0))) {
      for (Settlement.Move move : List.of(DONE, BACK, FAIL, CANCEL, STAY)) {
        node.settleInVain(Moves.under(wrong, Moves.settle(lease, move)));
      }
      assertThatThrownBy(() -> node.store.push(List.of(Draft.job().done()), wrong))
          .isInstanceOf(StaleLease.class);
    }
    node.assertUnchanged(before);
    assertThat(Actor.sum(node.status())).isEqualTo(2);
    node.settle(lease, DONE);
  }

  @Test
  default void staleSettlementChangesNothing() {
    Actor node = Actor.on(open());
    Lease stale = node.pushAndLease();
    node.settle(stale, BACK);
    Lease current = node.lease();
    JobView before = node.view(current.key());
    NewJob child = Draft.job().done();

    for (Settlement.Move move : List.of(DONE, BACK, FAIL, CANCEL, STAY)) {
      node.settleInVain(
          Moves.with(
              Moves.logging(
                  Moves.settle(
                      stale.standing(),
                      move,
                      Moves.failed(9),
                      Phase.FAILING,
                      List.of(Moves.error("from the grave"))),
                  "a line"),
              child));
    }

    node.assertUnchanged(before);
    assertThat(node.knows(child.id())).isFalse();
    assertThat(Actor.sum(node.status())).isEqualTo(1);
    node.settle(current, DONE);
  }

  @Test
  default void settlementOfAnEndedJobIsStale() {
    Actor node = Actor.on(open());
    for (Settlement.Move end : List.of(DONE, BACK, FAIL, CANCEL)) {
      Lease lease = node.pushAndLease();
      node.settle(lease, end);
      node.settleInVain(Moves.settle(lease, DONE));
      node.settleInVain(Moves.settle(lease, BACK));
      node.store.forget(JobFilter.of(Actor.QUEUE), 10);
    }
    assertThat(node.status().succeeded()).isEqualTo(1);
  }

  @Test
  default void settlementOfAForgottenJobIsStale() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    node.settle(lease, BACK);
    node.store.forget(JobFilter.ids(Set.of(lease.key().id())), 1);
    node.settleInVain(Moves.settle(lease, DONE));
    assertThat(node.status().succeeded()).isZero();
    assertThat(node.status().forgotten()).isEqualTo(1);
  }

  @Test
  default void staleOnesDoNotHinderTheirBatch() {
    Actor node = Actor.on(open());
    node.push(5);
    List<Lease> first = node.lease(5);
    node.settle(first.get(1), BACK);
    node.settle(first.get(3), BACK);
    List<Lease> again = node.lease(2);

    assertThat(node.store.settle(first.stream().map(l -> Moves.settle(l, DONE)).toList()))
        .containsExactlyInAnyOrder(first.get(1).key(), first.get(3).key());
    assertThat(node.status().succeeded()).isEqualTo(3);
    assertThat(node.status().running()).isEqualTo(2);
    assertThat(node.store.settle(again.stream().map(l -> Moves.settle(l, DONE)).toList()))
        .isEmpty();
  }

  @Test
  default void doublesInOneBatchCountOnce() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    NewJob child = Draft.job().done();
    NewJob ghost = Draft.job().done();

    assertThat(
            node.store.settle(
                List.of(
                    Moves.with(Moves.settle(lease, DONE), child),
                    Moves.with(Moves.settle(lease, FAIL), ghost))))
        .containsExactly(lease.key());
    assertThat(node.status().succeeded()).isEqualTo(1);
    assertThat(node.status().failed()).isZero();
    assertThat(node.knows(child.id())).isTrue();
    assertThat(node.knows(ghost.id())).isFalse();
  }

  @Test
  default void aBatchIsCarriedOutInItsOrder() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    node.settle(
        Moves.settle(
            lease.standing(),
            STAY,
            Moves.failed(1),
            Phase.FAILING,
            List.of(Moves.error("the last one"))),
        Moves.settle(
            lease.standing(), FAIL, Moves.failed(1), Phase.FAILING, List.of(Moves.error("more"))));

    JobView view = node.view(lease.key());
    assertThat(view.state()).isEqualTo(JobState.FAILED);
    assertThat(view.errors()).containsExactly(Moves.error("the last one"), Moves.error("more"));
  }

  @Test
  default void childPushOfAStaleLeaseIsRefused() {
    Actor node = Actor.on(open());
    Lease stale = node.pushAndLease();
    node.settle(stale, BACK);
    Lease current = node.lease();
    NewJob child = Draft.job().parent(stale.key().id()).done();

    assertThatThrownBy(() -> node.store.push(List.of(child), stale.key()))
        .isInstanceOf(StaleLease.class)
        .hasMessageContaining(stale.key().id().toString());
    assertThat(node.knows(child.id())).isFalse();
    assertThat(node.store.push(List.of(child), current.key())).containsExactly(child.id());
    assertThat(node.view(child.id()).parentId()).isEqualTo(stale.key().id());

    node.settle(current, DONE);
    assertThatThrownBy(() -> node.store.push(List.of(Draft.job().done()), current.key()))
        .isInstanceOf(StaleLease.class);
  }

  @Test
  default void anEmptyBatchIsNothing() {
    Actor node = Actor.on(open());
    assertThat(node.store.settle(List.of())).isEmpty();
    assertThat(node.store.push(List.of())).isEmpty();
  }
}
