package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.run.Ids;
import io.jobyard.store.Counts;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Payload;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A store with jobs of every sort, and a node on it. */
public final class MoveYard {
  public static final String QUEUE = "mail";
  private static final Ids IDS = new Ids();

  public final JobStore store;
  private final Session session;

  public MoveYard(JobStore store) {
    this.store = store;
    this.session = store.join(new NodeInfo("app-1", 4711, Set.of(QUEUE)));
  }

  public static NewJob job(@Nullable String externalId, int priority, NewJob.Due due) {
    return new NewJob(
        IDS.next(),
        externalId,
        QUEUE,
        "send-welcome",
        new Payload("{\"userId\":42}".getBytes(StandardCharsets.UTF_8), "json", 1),
        due,
        priority,
        null,
        true,
        new JobSettings(9, null, Duration.ofSeconds(7), null),
        null,
        null,
        new UUID(1, 2),
        "{\"trace\":\"x\"}");
  }

  /** So many plain ones; their ids in order. */
  public List<UUID> push(int count) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(job(null, 0, new NewJob.Due.In(Duration.ZERO)));
    }
    return store.push(jobs);
  }

  public List<Lease> lease(int count) {
    return store.lease(new LeaseRequest(session, QUEUE, count, 1 << 24, Set.of())).leases();
  }

  /** Settles a lease with an error and a line of log. */
  public void settle(Lease lease, Settlement.Move move) {
    Failure failure =
        new Failure(
            FailureType.EXCEPTION,
            "java.io.IOException",
            "no route",
            "at x",
            Instant.EPOCH,
            "app-1",
            17,
            null);
    var job = lease.standing();
    Counts counts = new Counts(1, 1, 0, 0);
    Set<?> stale =
        store.settle(
            List.of(
                new Settlement(
                    job.key(),
                    job.queue(),
                    move,
                    counts,
                    job.phase(),
                    List.of(failure),
                    List.of("a line"),
                    List.of())));
    assertThat(stale).isEmpty();
  }

  /** Runs all that is READY to its end; what ran, in order. */
  public List<UUID> drain() {
    List<UUID> run = new ArrayList<>();
    for (List<UUID> some = runSome(); !some.isEmpty(); some = runSome()) {
      run.addAll(some);
    }
    return run;
  }

  /** Runs the first in line, 500 at most. */
  public List<UUID> runSome() {
    List<Lease> leases = lease(500);
    store.settle(leases.stream().map(MoveYard::done).toList());
    return leases.stream().map(lease -> lease.key().id()).toList();
  }

  private static Settlement done(Lease lease) {
    return new Settlement(
        lease.key(),
        QUEUE,
        new Settlement.Succeed(null, Duration.ZERO),
        lease.standing().counts(),
        lease.standing().phase(),
        List.of(),
        List.of(),
        List.of());
  }

  /** All that waits, oldest first. */
  public List<JobView> waiting() {
    return store
        .list(JobFilter.of(QUEUE, JobState.READY, JobState.SCHEDULED), null, 10_000)
        .jobs()
        .stream()
        .sorted(Comparator.comparingLong(JobView::seq))
        .toList();
  }

  /** Jobs of every sort that can be moved, pushed. */
  public List<JobView> pushEverySort() {
    NewJob failedOnce = job("order-7", -5, new NewJob.Due.In(Duration.ZERO));
    store.push(List.of(failedOnce));
    settle(lease(1).getFirst(), new Settlement.Return(Duration.ofHours(1)));
    store.push(
        List.of(
            job(null, 3, new NewJob.Due.In(Duration.ZERO)),
            job(null, 0, new NewJob.Due.In(Duration.ofDays(2))),
            job("order-8", 0, new NewJob.Due.In(Duration.ZERO)),
            job(null, 3, new NewJob.Due.In(Duration.ZERO))));
    return waiting();
  }

  /** They are here as they were there, in the same order. */
  public void assertHas(List<JobView> jobs) {
    assertThat(waiting()).usingRecursiveComparison().ignoringFields("seq").isEqualTo(jobs);
  }
}
