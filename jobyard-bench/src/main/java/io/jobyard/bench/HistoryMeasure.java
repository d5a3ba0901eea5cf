package io.jobyard.bench;

import io.jobyard.JobState;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Whether a long history slows the drain: two files, one with a million jobs scheduled in the
 * drained queue itself and a hundred thousand failed ones, drained in turns.
 */
final class HistoryMeasure {
  private static final int SCHEDULED_TO_ONE = 10;
  private static final Duration LATER = Duration.ofDays(1);

  private final Ground ground;
  private final int jobs;
  private final Figures figures;
  private final BenchProgress progress;

  HistoryMeasure(Ground ground, int jobs, Figures figures, BenchProgress progress) {
    this.ground = ground;
    this.jobs = jobs;
    this.figures = figures;
    this.progress = progress;
  }

  void rounds(int rounds) {
    Ground.Place old = ground.place();
    progress.begins("history: writing it");
    try (JobStore store = Stores.open(old.store(), StoreOptions.defaults())) {
      fail(store);
      schedule(store);
    }
    try (DrainMeasure plain = new DrainMeasure(ground.place());
        DrainMeasure history = new DrainMeasure(old)) {
      plain.drain(jobs);
      history.drain(jobs);
      for (int round = 1; round <= rounds; round++) {
        progress.begins("history: round " + round);
        double without = plain.drain(jobs).rate();
        double with = history.drain(jobs).rate();
        figures.add(Figure.DRAIN_PLAIN, without);
        figures.add(Figure.DRAIN_HISTORY, with);
        figures.add(Figure.HISTORY_SHARE, 100 * with / without);
      }
    }
  }

  private void schedule(JobStore store) {
    for (int i = 0; i < SCHEDULED_TO_ONE; i++) {
      for (List<NewJob> batch : Batches.of(DrainMeasure.QUEUE, jobs)) {
        store.push(batch.stream().map(job -> job.withDue(new NewJob.Due.In(LATER))).toList());
      }
    }
  }

  private void fail(JobStore store) {
    Batches.of(DrainMeasure.QUEUE, jobs).forEach(store::push);
    Session session =
        store.join(
            new NodeInfo(
                "bench-history", ProcessHandle.current().pid(), Set.of(DrainMeasure.QUEUE)));
    LeaseRequest request =
        new LeaseRequest(session, DrainMeasure.QUEUE, Batches.SIZE, Long.MAX_VALUE, Set.of());
    List<Lease> leases = store.lease(request).leases();
    while (!leases.isEmpty()) {
      store.settle(leases.stream().map(HistoryMeasure::failed).toList());
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
