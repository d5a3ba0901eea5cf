package io.jobyard.store.redis;

import static org.awaitility.Awaitility.await;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Settlement;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Producers and nodes at work on a store while a test breaks its servers, and a ledger outside of
 * it. A producer repeats a push until it is acknowledged, a node a settlement until it has an
 * answer. Ended by {@link #finish}.
 */
final class Traffic {
  private static final int PRODUCERS = 2;
  private static final int NODES = 2;
  private static final int BATCH = 20;
  private static final Duration LEASE = Duration.ofSeconds(3);

  private final JobStore store;
  private final Set<UUID> acknowledged = ConcurrentHashMap.newKeySet();
  private final Map<Numbered, AtomicInteger> settled = new ConcurrentHashMap<>();

  /** Their settlement got no answer, and was stale when it was repeated: the first one counted. */
  private final Set<UUID> settledUnheard = ConcurrentHashMap.newKeySet();

  private final List<Thread> producers = new ArrayList<>();
  private final List<Thread> nodes = new ArrayList<>();
  private volatile boolean pushing = true;
  private volatile boolean running = true;

  /**
   * What the ledger says.
   *
   * @param acknowledged pushes
   * @param lost acknowledged, but never settled
   * @param twice settled more than once, each time as if it were the first
   * @param storedAgain their push got no answer, they were run, and then the push was repeated
   */
  record Tally(int acknowledged, Set<UUID> lost, Set<Numbered> twice, int storedAgain) {
    @Override
    public String toString() {
      return "%d acknowledged, %d lost, %d settled twice, %d stored again by a repeated push"
          .formatted(acknowledged, lost.size(), twice.size(), storedAgain);
    }
  }

  /** A job as the store numbered it: pushed again after it was done, it has another number. */
  record Numbered(UUID id, long seq) {}

  Traffic(JobStore store) {
    this.store = store;
  }

  Traffic start() {
    for (int i = 0; i < PRODUCERS; i++) {
      producers.add(Thread.ofPlatform().name("producer-" + i).daemon().start(this::produce));
    }
    for (int i = 0; i < NODES; i++) {
      nodes.add(Thread.ofPlatform().name("node-" + i).daemon().start(this::work));
    }
    return this;
  }

  /** Until so many more pushes were acknowledged, which needs a store that works. */
  void goesOn(int pushes) {
    int before = acknowledged.size();
    await().atMost(Duration.ofMinutes(2)).until(() -> acknowledged.size() >= before + pushes);
  }

  private void produce() {
    while (pushing) {
      List<NewJob> jobs = new ArrayList<>();
      for (int i = 0; i < BATCH / 4; i++) {
        jobs.add(Node.job());
      }
      while (pushing) {
        try {
          acknowledged.addAll(store.push(jobs));
          break;
        } catch (StoreUnavailable e) {
          pause();
        }
      }
    }
  }

  private void work() {
    Node node = null;
    while (running) {
      try {
        node = node == null || !store.beat(node.session()) ? Node.at(store) : node;
        List<Lease> leases = node.lease(BATCH);
        settle(node, leases);
        if (leases.isEmpty()) {
          tidy();
          pause();
        }
      } catch (StoreUnavailable e) {
        // Whatever the node held is another's; it begins anew.
        leave(node);
        node = null;
      }
    }
    leave(node);
  }

  private void leave(@Nullable Node node) {
    try {
      if (node != null) {
        store.leave(node.session());
      }
    } catch (StoreUnavailable e) {
      pause();
    }
  }

  private void settle(Node node, List<Lease> leases) {
    boolean heard = true;
    while (!leases.isEmpty()) {
      try {
        Set<LeaseKey> stale = node.done(leases);
        for (Lease lease : leases) {
          UUID id = lease.key().id();
          if (!stale.contains(lease.key())) {
            Numbered stored = new Numbered(id, lease.key().seq());
            settled.computeIfAbsent(stored, any -> new AtomicInteger()).incrementAndGet();
          } else if (!heard) {
            settledUnheard.add(id);
          }
        }
        return;
      } catch (StoreUnavailable e) {
        heard = false;
        pause();
      }
    }
  }

  /** As a janitor: what nobody holds goes back. */
  private void tidy() {
    List<Settlement> back = new ArrayList<>();
    for (Standing orphan : store.orphans(LEASE, 500)) {
      back.add(
          new Settlement(
              orphan.key(),
              orphan.queue(),
              new Settlement.Return(Duration.ZERO),
              orphan.counts(),
              orphan.phase(),
              List.of(),
              List.of(),
              List.of()));
    }
    if (!back.isEmpty()) {
      store.settle(back);
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the pushes, waits until nothing is left to do, and counts. */
  Tally finish() throws InterruptedException {
    pushing = false;
    for (Thread producer : producers) {
      producer.join();
    }
    await()
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptionsMatching(StoreUnavailable.class::isInstance)
        .until(() -> {
          QueueStatus status = store.queues().getFirst();
          return status.ready() + status.scheduled() + status.running() == 0;
        });
    running = false;
    for (Thread node : nodes) {
      node.join();
    }
    Set<UUID> lost = ConcurrentHashMap.newKeySet();
    lost.addAll(acknowledged);
    lost.removeAll(settledUnheard);
    Set<UUID> ids = ConcurrentHashMap.newKeySet();
    Set<Numbered> twice = ConcurrentHashMap.newKeySet();
    settled.forEach((stored, times) -> {
      ids.add(stored.id());
      if (times.get() > 1) {
        twice.add(stored);
      }
    });
    lost.removeAll(ids);
    return new Tally(acknowledged.size(), lost, twice, settled.size() - ids.size());
  }
}
