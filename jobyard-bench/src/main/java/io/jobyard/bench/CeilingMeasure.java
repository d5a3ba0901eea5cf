package io.jobyard.bench;

import io.jobyard.store.DispatcherStore;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.Succeed;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What the store alone can do: lease a batch, settle it, and again, on one thread. To be compared
 * with a drain of as many jobs: the more wait, the dearer each is to most stores.
 */
final class CeilingMeasure {
  private static final String QUEUE = "bench-ceiling";

  private final int jobs;
  private final Figures figures;

  CeilingMeasure(int jobs, Figures figures) {
    this.jobs = jobs;
    this.figures = figures;
  }

  /** Measures each size of batch; the best of them, by the second. */
  double round(JobStore store) {
    double hundred = rate(store, 100);
    double twoHundred = rate(store, 200);
    double fiveHundred = rate(store, 500);
    double best = Math.max(hundred, Math.max(twoHundred, fiveHundred));
    figures.add(Figure.CEILING_100, hundred);
    figures.add(Figure.CEILING_200, twoHundred);
    figures.add(Figure.CEILING_500, fiveHundred);
    figures.add(Figure.CEILING, best);
    return best;
  }

  private double rate(JobStore store, int batch) {
    Batches.of(QUEUE, jobs).forEach(store::push);
    Session session =
        store.join(new NodeInfo("bench-ceiling", ProcessHandle.current().pid(), Set.of(QUEUE)));
    Stopwatch watch = Stopwatch.start();
    int settled = drain(store, new LeaseRequest(session, QUEUE, batch, Long.MAX_VALUE, Set.of()));
    double rate = watch.rate(settled);
    store.leave(session);
    return rate;
  }

  /** Leases and settles until there is nothing more; how many that were. */
  static int drain(DispatcherStore store, LeaseRequest request) {
    int settled = 0;
    while (true) {
      List<Lease> leases = store.lease(request).leases();
      if (leases.isEmpty()) {
        return settled;
      }
      store.settle(leases.stream().map(CeilingMeasure::succeeded).toList());
      settled += leases.size();
    }
  }

  private static Settlement succeeded(Lease lease) {
    return new Settlement(
        lease.key(),
        lease.standing().queue(),
        new Succeed(null, Duration.ZERO),
        lease.standing().counts(),
        lease.standing().phase(),
        List.of(),
        List.of(),
        List.of());
  }
}
