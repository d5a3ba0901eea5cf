package io.jobyard.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.NewJob;
import io.jobyard.store.Session;
import io.jobyard.testing.MariaServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several producers and nodes at once, each with connections of its own. */
final class ManyTest {
  private static final int EACH = 1_500;

  private final MariaServer server = MariaServer.shared();
  private final String url = server.newDatabase();

  @AfterEach
  void drop() {
    server.drop(url);
  }

  /** The normal case: no deadlock reaches anybody, nothing is lost and nothing runs twice. */
  @Test
  void twoProducersAndTwoNodesDisturbNobody() throws Exception {
    produceAndConsume(EACH);
  }

  @Test
  @Tag("soak")
  void norForLonger() throws Exception {
    produceAndConsume(30_000);
  }

  private void produceAndConsume(int each) throws Exception {
    Set<UUID> pushed = ConcurrentHashMap.newKeySet();
    List<UUID> run = java.util.Collections.synchronizedList(new ArrayList<>());
    AtomicInteger producing = new AtomicInteger(2);
    List<Callable<Boolean>> work = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      work.add(() -> produce(each, pushed, producing));
      String node = "node-" + i;
      work.add(() -> consume(node, run, producing));
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(work.size())) {
      for (Future<Boolean> future : executor.invokeAll(work)) {
        assertThat(future.get()).isTrue();
      }
    }
    assertThat(run).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(pushed);
    try (JobStore store = Jobs.open(url)) {
      assertThat(Jobs.status(store).succeeded()).isEqualTo(2L * each);
    }
  }

  private boolean produce(int each, Set<UUID> pushed, AtomicInteger producing) {
    try (JobStore store = Jobs.open(url)) {
      for (int i = 0; i < each; i += 15) {
        // Singly and in batches, as both happen.
        List<NewJob> jobs = Jobs.jobs(14);
        store.push(jobs);
        NewJob one = Jobs.job();
        store.push(List.of(one));
        jobs.forEach(job -> pushed.add(job.id()));
        pushed.add(one.id());
      }
      return true;
    } finally {
      producing.decrementAndGet();
    }
  }

  private boolean consume(String node, List<UUID> run, AtomicInteger producing) {
    try (JobStore store = Jobs.open(url)) {
      Session session = Jobs.join(store, node);
      while (true) {
        boolean last = producing.get() == 0;
        List<Lease> leases = Jobs.lease(store, session, 40);
        assertThat(store.settle(leases.stream().map(Jobs::done).toList())).isEmpty();
        leases.forEach(lease -> run.add(lease.key().id()));
        if (!leases.isEmpty()) {
          failSome(store, session);
        }
        store.beat(session);
        store.orphans(Duration.ofMinutes(5), 100);
        if (last && leases.isEmpty()) {
          return true;
        }
      }
    }
  }

  /** Some are given back, cancelled or asked for meanwhile, as happens. */
  private static void failSome(JobStore store, Session session) {
    List<Lease> leases = Jobs.lease(store, session, 3);
    store.cancel(leases.stream().map(lease -> lease.key().id()).limit(1).toList());
    store.settle(leases.stream().map(Jobs::back).toList());
    store.retry(JobFilter.of(Jobs.QUEUE), 10);
    store.queues();
  }

  @Test
  void twoPrefixesAreTwoJobyards() {
    try (JobStore one = Jobs.open(url + "&prefix=one_");
        JobStore other = Jobs.open(url + "&prefix=other_")) {
      NewJob job = Jobs.job();
      one.push(List.of(job));
      assertThat(one.find(List.of(job.id()))).hasSize(1);
      assertThat(other.find(List.of(job.id()))).isEmpty();
      assertThat(other.queues()).isEmpty();
      other.push(List.of(job));
      assertThat(Jobs.lease(other, Jobs.join(other, "b"), 5)).hasSize(1);
      assertThat(Jobs.status(one).ready()).isEqualTo(1);
    }
  }
}
