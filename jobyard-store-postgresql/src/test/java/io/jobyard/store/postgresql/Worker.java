package io.jobyard.store.postgresql;

import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Order;
import io.jobyard.store.Payload;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.Move;
import io.jobyard.store.Slots;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Somebody who pushes to, takes from and settles one queue of an open store. */
final class Worker {
  static final String QUEUE = "mail";

  final JobStore store;
  final Session session;

  Worker(JobStore store) {
    this.store = store;
    this.session = store.join(new NodeInfo("node-1", 4711, Set.of(QUEUE)));
  }

  static NewJob job(int priority, @Nullable String externalId) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new NewJob(
        new UUID(random.nextLong(), random.nextLong()),
        externalId,
        QUEUE,
        "send-welcome",
        Payload.json("{}".getBytes(StandardCharsets.UTF_8)),
        NewJob.Due.NOW,
        priority,
        null,
        false,
        JobSettings.NONE,
        null,
        null,
        null,
        null);
  }

  UUID push(int priority) {
    return store.push(List.of(job(priority, null))).getFirst();
  }

  List<UUID> push(long count) {
    List<NewJob> jobs = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      jobs.add(job(0, null));
    }
    return store.push(jobs);
  }

  LeaseRequest request(int count) {
    return new LeaseRequest(session, QUEUE, count, Long.MAX_VALUE, Set.of());
  }

  /** As a node asks whose workers are all busy but one. */
  LeaseRequest busyRequest(int count) {
    Slots slots = new Slots(2, Set.of(1));
    return new LeaseRequest(session, QUEUE, count, Long.MAX_VALUE, Set.of(), Order.FIFO, 0, slots);
  }

  List<Lease> lease(int count) {
    return store.lease(request(count)).leases();
  }

  static List<UUID> ids(List<Lease> leases) {
    return leases.stream().map(lease -> lease.key().id()).toList();
  }

  /** Settles them all; those whose lease does not hold any more. */
  int settle(List<Lease> leases, Move move) {
    return store.settle(leases.stream().map(lease -> settlement(lease, move)).toList()).size();
  }

  int done(List<Lease> leases) {
    return settle(leases, new Settlement.Succeed(null, Duration.ZERO));
  }

  private static Settlement settlement(Lease lease, Move move) {
    return new Settlement(
        lease.key(),
        QUEUE,
        move,
        lease.standing().counts(),
        lease.standing().phase(),
        List.of(),
        List.of(),
        List.of());
  }
}
