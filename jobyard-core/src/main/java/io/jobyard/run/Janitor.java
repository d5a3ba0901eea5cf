package io.jobyard.run;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.store.JanitorStore;
import io.jobyard.store.Settlement;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every node does now and then for all: settles the jobs of nodes that went away as lost, and
 * removes results whose time is over. Several at once do no harm, since every settlement is fenced.
 */
final class Janitor {
  private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
  private static final int BATCH = 500;

  /** Nobody waits for what is over to go. */
  private static final int ROUNDS_A_PURGE = 5;

  private final JanitorStore store;
  private final Function<List<Settlement>, Integer> settle;
  private final Function<String, Policy> policies;
  private final Duration lease;
  private final InstantSource clock;
  private final String node;
  private int roundsToPurge;

  /**
   * @param settle carries settlements out and says how many were stale
   * @param policies by queue, also of those this node does not serve
   */
  Janitor(
      JanitorStore store,
      Function<List<Settlement>, Integer> settle,
      Function<String, Policy> policies,
      Duration lease,
      InstantSource clock,
      String node) {
    this.store = store;
    this.settle = settle;
    this.policies = policies;
    this.lease = lease;
    this.clock = clock;
    this.node = node;
  }

  /** How often to {@link #tidy}: often enough to see a silent node soon, no herd. */
  Duration pause() {
    double jitter = ThreadLocalRandom.current().nextDouble(0.9, 1.1);
    return Duration.ofNanos((long) (lease.toNanos() / 4.0 * jitter));
  }

  /** One round. */
  void tidy() {
    List<Standing> orphans = store.orphans(lease, BATCH);
    while (!orphans.isEmpty()) {
      List<Settlement> settlements = orphans.stream().map(this::lost).toList();
      int stale = settle.apply(settlements);
      LOG.warn("{} jobs of nodes that went away can run again", orphans.size() - stale);
      orphans = orphans.size() < BATCH ? List.of() : store.orphans(lease, BATCH);
    }
    if (roundsToPurge-- == 0) {
      roundsToPurge = ROUNDS_A_PURGE - 1;
      purge();
    }
  }

  private void purge() {
    while (store.purge(BATCH) == BATCH) {
      LOG.debug("removed {} jobs whose time is over", BATCH);
    }
  }

  private Settlement lost(Standing job) {
    Failure failure =
        new Failure(
            FailureType.LOST,
            "",
            "the node that ran it went away, or did not reach the store for longer than "
                + lease.toMillis()
                + " ms",
            "",
            clock.instant(),
            node,
            0,
            null);
    return Lifecycle.settle(job, new Outcome.Lost(failure), policies.apply(job.queue()));
  }
}
