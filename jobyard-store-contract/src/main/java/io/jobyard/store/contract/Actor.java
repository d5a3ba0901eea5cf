package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** A node at work on one open store, in the words of the tests. Its jobs are in one queue. */
final class Actor {
  static final String QUEUE = "mail";
  private static final long NO_BYTE_LIMIT = Long.MAX_VALUE;

  final JobStore store;
  final Session session;

  private Actor(JobStore store, Session session) {
    this.store = store;
    this.session = session;
  }

  static Actor on(JobStore store) {
    return named("node-1", store);
  }

  static Actor named(String node, JobStore store) {
    return new Actor(store, store.join(new NodeInfo(node, 4711, Set.of(QUEUE))));
  }

  UUID push() {
    return push(Draft.job());
  }

  UUID push(Draft draft) {
    return store.push(List.of(draft.done())).getFirst();
  }

  /** One batch of so many jobs, in this order. */
  List<UUID> push(int count) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(Draft.job().done());
    }
    return store.push(jobs);
  }

  List<Lease> lease(int count) {
    return store.lease(new LeaseRequest(session, QUEUE, count, NO_BYTE_LIMIT, Set.of())).leases();
  }

  /** Leases the one job that is ready. */
  Lease lease() {
    List<Lease> leases = lease(2);
    assertThat(leases).as("the one ready job").hasSize(1);
    return leases.getFirst();
  }

  /** Pushes a job and leases it. */
  Lease pushAndLease() {
    UUID id = push();
    Lease lease = lease();
    assertThat(lease.key().id()).isEqualTo(id);
    return lease;
  }

  /** Settles one lease that must hold. */
  void settle(Lease lease, Settlement.Move move) {
    settle(Moves.settle(lease, move));
  }

  void settle(Settlement... settlements) {
    assertThat(store.settle(List.of(settlements))).as("stale leases").isEmpty();
  }

  /** Settles one lease that must be stale. */
  void settleInVain(Settlement settlement) {
    assertThat(store.settle(List.of(settlement)))
        .as("stale leases")
        .isEqualTo(Set.of(settlement.key()));
  }

  /** Pushes so many jobs and takes each to its end. */
  List<UUID> pushAndEnd(int count, JobState end) {
    List<UUID> ids = push(count);
    List<Lease> leases = lease(count);
    store.settle(
        leases.stream().map(lease -> Moves.settle(lease, new Settlement.End(end))).toList());
    return ids;
  }

  JobView view(UUID id) {
    List<JobView> found = store.find(List.of(id));
    assertThat(found).as("job " + id).hasSize(1);
    return found.getFirst();
  }

  JobView view(LeaseKey key) {
    return view(key.id());
  }

  boolean knows(UUID id) {
    return !store.find(List.of(id)).isEmpty();
  }

  /** Asserts that nothing at all became of a job. */
  void assertUnchanged(JobView before) {
    assertThat(view(before.id())).usingRecursiveComparison().isEqualTo(before);
  }

  /** The counts of the queue. */
  QueueStatus status() {
    return status(QUEUE);
  }

  QueueStatus status(String queue) {
    List<QueueStatus> found =
        store.queues().stream().filter(status -> status.queue().equals(queue)).toList();
    assertThat(found).as("queue " + queue).hasSize(1);
    return found.getFirst();
  }

  static long sum(QueueStatus status) {
    return status.ready()
        + status.scheduled()
        + status.running()
        + status.succeeded()
        + status.failed()
        + status.cancelled()
        + status.forgotten();
  }

  static List<UUID> ids(List<Lease> leases) {
    return leases.stream().map(lease -> lease.key().id()).toList();
  }
}
