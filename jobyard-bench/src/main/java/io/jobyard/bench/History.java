package io.jobyard.bench;

import io.jobyard.JobState;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Fills a queue with jobs that wait and jobs that failed. For one thread. */
final class History {
  /** Jobs that wait, to one that failed. */
  static final int TO_ONE = 10;

  private static final Duration LATER = Duration.ofDays(1);

  private final JobStore store;
  private final String queue;

  History(JobStore store, String queue) {
    this.store = store;
    this.queue = queue;
  }

  /** Jobs that are due tomorrow. */
  void schedule(int jobs) {
    for (List<NewJob> batch : Batches.of(queue, jobs)) {
      store.push(batch.stream().map(job -> job.withDue(new NewJob.Due.In(LATER))).toList());
    }
  }

  /** Jobs that are due. */
  void push(int jobs) {
    Batches.of(queue, jobs).forEach(store::push);
  }

  /** Jobs that have failed; nothing may wait in the queue before. */
  void fail(int jobs) {
    Batches.of(queue, jobs).forEach(store::push);
    Session session =
        store.join(new NodeInfo("bench-history", ProcessHandle.current().pid(), Set.of(queue)));
    LeaseRequest request = new LeaseRequest(session, queue, Batches.SIZE, Long.MAX_VALUE, Set.of());
    List<Lease> leases = store.lease(request).leases();
    while (!leases.isEmpty()) {
      store.settle(leases.stream().map(History::failed).toList());
      leases = store.lease(request).leases();
    }
    store.leave(session);
  }

  private static Settlement failed(Lease lease) {
    return new Settlement(
        lease.key(),
        lease.standing().queue(),
        new Settlement.End(JobState.FAILED),
        lease.standing().counts(),
        lease.standing().phase(),
        List.of(),
        List.of(),
        List.of());
  }
}
