package io.jobyard.store.mysql;

import io.jobyard.store.Counts;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Phase;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.Move;
import io.jobyard.store.Settlement.Return;
import io.jobyard.store.Settlement.Succeed;
import io.jobyard.store.StoreOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Jobs of these tests, all in one queue. */
final class Jobs {
  static final String QUEUE = "mail";

  private Jobs() {}

  static NewJob job() {
    return job("{}".getBytes(StandardCharsets.UTF_8));
  }

  static NewJob job(byte[] payload) {
    return NewJob.of(UUID.randomUUID(), QUEUE, "kind", payload);
  }

  static List<NewJob> jobs(int count) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(job());
    }
    return jobs;
  }

  static JobStore open(String url) {
    return open(url, Duration.ofSeconds(30));
  }

  static JobStore open(String url, Duration pushTimeout) {
    return new MysqlStoreProvider().open(url, new StoreOptions(Path.of(""), true, pushTimeout));
  }

  static Session join(JobStore store, String node) {
    return store.join(new NodeInfo(node, 4711, Set.of(QUEUE)));
  }

  static List<Lease> lease(JobStore store, Session session, int count) {
    return store.lease(new LeaseRequest(session, QUEUE, count, Long.MAX_VALUE, Set.of())).leases();
  }

  static Settlement done(Lease lease) {
    return settlement(lease, new Succeed(null, Duration.ZERO));
  }

  /** To wait at its old place again. */
  static Settlement back(Lease lease) {
    return settlement(lease, new Return(Duration.ZERO));
  }

  private static Settlement settlement(Lease lease, Move move) {
    return new Settlement(
        lease.key(), QUEUE, move, Counts.ZERO, Phase.RUN, List.of(), List.of(), List.of());
  }

  static QueueStatus status(JobStore store) {
    return store.queues().stream()
        .filter(status -> status.queue().equals(QUEUE))
        .findFirst()
        .orElseThrow();
  }
}
