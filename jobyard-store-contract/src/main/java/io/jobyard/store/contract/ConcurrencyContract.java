package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several threads on several open stores, all at once. */
public interface ConcurrencyContract extends StoreFixture {
  /** Runs the work in so many threads that start together; returns what each returned. */
  private static <T> List<T> together(int threads, Work<T> work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(threads);
    List<Callable<T>> calls = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int number = i;
      calls.add(() -> {
        start.await();
        return work.run(number);
      });
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<T> results = new ArrayList<>();
      for (Future<T> future : executor.invokeAll(calls)) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException failed) {
      throw new AssertionError("a thread failed: " + failed.getCause(), failed.getCause());
    }
  }

  /** What one thread does. */
  interface Work<T> {
    T run(int number) throws Exception;
  }

  /** Nodes on two open stores, in turn. */
  private List<Actor> nodes(int count) {
    List<JobStore> stores = List.of(open(), open());
    return IntStream.range(0, count)
        .mapToObj(i -> Actor.named("node-" + i, stores.get(i % 2)))
        .toList();
  }

  @Test
  default void noJobIsLeasedTwice() throws Exception {
    List<Actor> nodes = nodes(4);
    List<UUID> pushed = nodes.getFirst().push(2_000);
    List<List<Lease>> leased =
        together(
            4,
            number -> {
              List<Lease> own = new ArrayList<>();
              for (List<Lease> some = nodes.get(number).lease(17);
                  !some.isEmpty();
                  some = nodes.get(number).lease(17)) {
                own.addAll(some);
              }
              return own;
            });
    List<UUID> ids = Actor.ids(leased.stream().flatMap(List::stream).toList());
    assertThat(ids).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(pushed);
  }

  @Test
  default void whatManyPushAndManyTakeAddsUp() throws Exception {
    List<Actor> nodes = nodes(4);
    int each = 300;
    List<Integer> settled =
        together(
            4,
            number -> {
              Actor node = nodes.get(number);
              int done = 0;
              for (int i = 0; i < each; i += 10) {
                node.push(10);
                for (Lease lease : node.lease(10)) {
                  node.settle(lease, Moves.DONE);
                  done++;
                }
              }
              return done;
            });
    int done = settled.stream().mapToInt(Integer::intValue).sum();
    var status = nodes.getFirst().status();
    assertThat(status.succeeded()).isEqualTo(done);
    assertThat(status.running()).isZero();
    assertThat(Actor.sum(status)).isEqualTo(4L * each);
  }

  @Test
  default void oneOfManySettlementsWins() throws Exception {
    List<Actor> nodes = nodes(4);
    nodes.getFirst().push(40);
    for (Lease lease : nodes.getFirst().lease(40)) {
      List<Set<LeaseKey>> stale =
          together(
              4,
              number ->
                  nodes
                      .get(number)
                      .store
                      .settle(
                          List.of(Moves.settle(lease, number % 2 == 0 ? Moves.DONE : Moves.FAIL))));
      assertThat(stale.stream().filter(Set::isEmpty)).hasSize(1);
    }
    var status = nodes.getFirst().status();
    assertThat(status.succeeded() + status.failed()).isEqualTo(40);
    assertThat(Actor.sum(status)).isEqualTo(40);
  }

  @Test
  default void janitorsAtOnceSettleEachOrphanOnce() throws Exception {
    List<Actor> nodes = nodes(4);
    Actor dead = Actor.on(open());
    dead.push(200);
    dead.lease(200);
    dead.store.leave(dead.session);

    List<Integer> settled =
        together(
            4,
            number -> {
              JobStore store = nodes.get(number).store;
              int own = 0;
              for (List<Standing> orphans = store.orphans(units(60), 20);
                  !orphans.isEmpty();
                  orphans = store.orphans(units(60), 20)) {
                own +=
                    orphans.size()
                        - store
                            .settle(
                                orphans.stream()
                                    .map(orphan -> Moves.settle(orphan, Moves.BACK))
                                    .toList())
                            .size();
              }
              return own;
            });
    assertThat(settled.stream().mapToInt(Integer::intValue).sum()).isEqualTo(200);
    assertThat(nodes.getFirst().status().ready()).isEqualTo(200);
  }

  @Test
  default void anExternalIdIsStoredOnceWhoeverComesFirst() throws Exception {
    List<Actor> nodes = nodes(4);
    for (int round = 0; round < 20; round++) {
      String externalId = "order-" + round;
      List<UUID> ids =
          together(4, number -> nodes.get(number).push(Draft.job().externalId(externalId)));
      assertThat(Set.copyOf(ids)).hasSize(1);
    }
    assertThat(Actor.sum(nodes.getFirst().status())).isEqualTo(20);
  }

  @Test
  default void aCancelAndASettlementLeaveOneEnd() throws Exception {
    List<Actor> nodes = nodes(2);
    for (int round = 0; round < 20; round++) {
      Lease lease = nodes.get(0).pushAndLease();
      together(
          2,
          number ->
              number == 0
                  ? nodes.get(0).store.settle(List.of(Moves.settle(lease, Moves.BACK)))
                  : nodes.get(1).store.cancel(List.of(lease.key().id())));
      assertThat(nodes.get(0).view(lease.key()).state())
          .as("flagged before it came back, or cancelled while it waited")
          .isEqualTo(JobState.CANCELLED);
    }
    assertThat(nodes.get(0).status().cancelled()).isEqualTo(20);
  }

  @Test
  default void pushesOfManyThreadsAreAllThere() throws Exception {
    List<Actor> nodes = nodes(4);
    List<List<UUID>> ids =
        together(
            4,
            number -> {
              List<UUID> own = new ArrayList<>();
              for (int i = 0; i < 50; i++) {
                NewJob job = Draft.job().done();
                own.addAll(nodes.get(number).store.push(List.of(job)));
              }
              return own;
            });
    List<UUID> all = ids.stream().flatMap(List::stream).toList();
    assertThat(nodes.getFirst().store.find(all)).hasSize(200);
  }
}
