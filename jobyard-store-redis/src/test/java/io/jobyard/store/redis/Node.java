package io.jobyard.store.redis;

import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** A session at a store, with what it mostly does. */
record Node(JobStore store, Session session) {
  static final String QUEUE = "mail";

  static Node at(JobStore store) {
    return new Node(store, store.join(new NodeInfo("node", 1, Set.of(QUEUE))));
  }

  static NewJob job(String kind) {
    return NewJob.of(UUID.randomUUID(), QUEUE, kind, "{}".getBytes(StandardCharsets.UTF_8));
  }

  static NewJob job() {
    return job("kind");
  }

  UUID push() {
    return store.push(List.of(job())).getFirst();
  }

  List<Lease> lease(int count, String... kinds) {
    return store
        .lease(new LeaseRequest(session, QUEUE, count, Long.MAX_VALUE, Set.of(kinds)))
        .leases();
  }

  List<UUID> leaseIds(int count, String... kinds) {
    return lease(count, kinds).stream().map(lease -> lease.key().id()).toList();
  }

  /** Settles them as done; says which were stale. */
  Set<LeaseKey> done(List<Lease> leases) {
    return store.settle(
        leases.stream()
            .map(lease ->
                new Settlement(
                    lease.key(),
                    QUEUE,
                    new Settlement.Succeed(null, Duration.ZERO),
                    lease.standing().counts(),
                    lease.standing().phase(),
                    List.of(),
                    List.of(),
                    List.of()))
            .toList());
  }
}
