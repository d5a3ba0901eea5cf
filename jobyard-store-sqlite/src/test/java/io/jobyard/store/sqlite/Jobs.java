package io.jobyard.store.sqlite;

import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.Move;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The jobs that tests push, take and settle. */
final class Jobs {
  static final Move DONE = new Settlement.Succeed(null, Duration.ZERO);

  private Jobs() {}

  static NewJob job() {
    return job(100);
  }

  static NewJob job(int bytes) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    byte[] payload = new byte[bytes];
    random.nextBytes(payload);
    return NewJob.of(new UUID(random.nextLong(), random.nextLong()), "q", "Welcome", payload);
  }

  static Session join(JobStore store) {
    return store.join(new NodeInfo("test", ProcessHandle.current().pid(), Set.of("q")));
  }

  static List<Lease> lease(JobStore store, Session session, int count) {
    return store.lease(new LeaseRequest(session, "q", count, Long.MAX_VALUE, Set.of())).leases();
  }

  static Settlement settlement(Lease lease, Move move) {
    return new Settlement(
        lease.key(),
        "q",
        move,
        lease.standing().counts(),
        lease.standing().phase(),
        List.of(),
        List.of(),
        List.of());
  }
}
