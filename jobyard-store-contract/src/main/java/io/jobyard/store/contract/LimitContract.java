package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Order;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Standing;
import io.jobyard.store.StoreListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A queue's limit holds over all sessions, to the job. */
public interface LimitContract extends StoreFixture {
  private static List<Lease> lease(Actor node, int count, int limit) {
    return node.store
        .lease(
            new LeaseRequest(
                node.session,
                Actor.QUEUE,
                count,
                Long.MAX_VALUE,
                Set.of(),
                Order.FIFO,
                limit,
                null))
        .leases();
  }

  @Test
  default void theLimitHoldsOverSessions() {
    Actor one = Actor.named("one", open());
    Actor other = Actor.named("other", open());
    one.push(10);
    assertThat(lease(one, 2, 3)).hasSize(2);
    assertThat(lease(other, 5, 3)).hasSize(1);
    assertThat(lease(one, 5, 3)).isEmpty();
    assertThat(lease(one, 5, 4)).as("with a higher limit").hasSize(1);
    assertThat(lease(other, 5, 2)).as("with a lower limit than are leased").isEmpty();
    assertThat(lease(other, 2, 0)).as("with no limit").hasSize(2);
  }

  @Test
  default void anotherQueuesLeasesDoNotCount() {
    Actor node = Actor.on(open());
    node.push(Draft.job().queue("other"));
    node.store.lease(
        new LeaseRequest(node.session, "other", 1, Long.MAX_VALUE, Set.of(), Order.FIFO, 1, null));
    node.push();
    assertThat(lease(node, 1, 1)).hasSize(1);
  }

  @Test
  default void aLeaseThatWasSettledCountsNoMore() {
    Actor node = Actor.on(open());
    node.push(10);
    Lease done = lease(node, 5, 1).getFirst();
    node.settle(done, Moves.STAY);
    assertThat(lease(node, 5, 1)).as("one that stays").isEmpty();
    node.settle(done, Moves.DONE);
    Lease failed = lease(node, 5, 1).getFirst();
    node.settle(failed, Moves.FAIL);
    Lease back = lease(node, 5, 1).getFirst();
    node.settle(back, Moves.later(units(99)));
    assertThat(lease(node, 5, 1)).hasSize(1);
  }

  @Test
  default void theLeasesOfASessionThatLeftCountNoMore() {
    Actor gone = Actor.named("gone", open());
    Actor node = Actor.named("node", open());
    gone.push(10);
    lease(gone, 2, 2);
    assertThat(lease(node, 5, 2)).isEmpty();
    gone.store.leave(gone.session);
    assertThat(lease(node, 5, 2)).hasSize(2);
  }

  @Test
  default void theLeasesOfASilentSessionCountNoMore() {
    Actor silent = Actor.named("silent", open());
    Actor node = Actor.named("node", open());
    silent.push(10);
    Lease orphan = lease(silent, 1, 1).getFirst();
    Duration lease = units(10);
    node.store.orphans(lease, 10);
    passUnits(6);
    node.store.beat(node.session);
    assertThat(lease(node, 5, 1)).as("while it may live").isEmpty();
    passUnits(6);
    List<Standing> orphans = node.store.orphans(lease, 10);
    assertThat(orphans).extracting(Standing::key).containsExactly(orphan.key());
    assertThat(lease(node, 5, 1)).hasSize(1);
  }

  @Test
  default void manyWhoLeaseAtOnceNeverPassIt() throws Exception {
    int limit = 5;
    List<Actor> nodes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      nodes.add(Actor.named("node-" + i, open()));
    }
    nodes.getFirst().push(60);
    try (ExecutorService pool = Executors.newFixedThreadPool(nodes.size())) {
      for (int round = 0; round < 10; round++) {
        List<Callable<List<Lease>>> asks = new ArrayList<>();
        nodes.forEach(node -> asks.add(() -> lease(node, 3, limit)));
        List<Lease> leases = new ArrayList<>();
        for (Future<List<Lease>> answer : pool.invokeAll(asks)) {
          leases.addAll(answer.get());
        }
        assertThat(leases).as("round " + round).hasSize(limit);
        assertThat(nodes.getFirst().status().running()).isEqualTo(limit);
        nodes
            .getFirst()
            .store
            .settle(leases.stream().map(lease -> Moves.settle(lease, Moves.DONE)).toList());
      }
    }
  }

  @Test
  default void whoWaitsAtTheLimitIsToldOfRoom() {
    Actor busy = Actor.named("busy", open());
    Actor waiting = Actor.named("waiting", open());
    List<Lease> got = new ArrayList<>();
    AtomicLong at = new AtomicLong();
    // As a dispatcher does: whatever it is told, it asks again.
    StoreListener dispatcher =
        new StoreListener() {
          @Override
          public void ready(String queue) {
            at.set(System.nanoTime());
          }

          @Override
          public void finished() {
            at.set(System.nanoTime());
          }
        };
    busy.push(60);
    Subscription unused = waiting.store.listen(dispatcher);
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      Lease running = lease(busy, 1, 1).getFirst();
      assertThat(lease(waiting, 1, 1)).isEmpty();
      at.set(0);
      long start = System.nanoTime();
      busy.settle(running, i % 2 == 0 ? Moves.DONE : Moves.BACK);
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .atMost(Duration.ofSeconds(10))
          .until(() -> at.get() != 0);
      List<Lease> next = lease(waiting, 1, 1);
      assertThat(next).hasSize(1);
      best = Math.min(best, System.nanoTime() - start);
      got.addAll(next);
      waiting.settle(next.getFirst(), Moves.DONE);
    }
    // The best of many: a busy machine slows some, not all.
    assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(100));
    assertThat(got).hasSize(20);
  }

  @Test
  default void aSessionThatLeavesIsToldToo() {
    Actor gone = Actor.named("gone", open());
    Actor waiting = Actor.named("waiting", open());
    gone.push(2);
    lease(gone, 1, 1);
    AtomicLong ends = new AtomicLong();
    StoreListener ear =
        new StoreListener() {
          @Override
          public void ready(String queue) {}

          @Override
          public void finished() {
            ends.incrementAndGet();
          }
        };
    Subscription unused = waiting.store.listen(ear);
    gone.store.leave(gone.session);
    await().atMost(Duration.ofSeconds(10)).until(() -> ends.get() > 0);
    assertThat(lease(waiting, 1, 1)).hasSize(1);
  }
}
