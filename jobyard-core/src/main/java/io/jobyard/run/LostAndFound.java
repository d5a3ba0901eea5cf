package io.jobyard.run;

import io.jobyard.store.DispatcherStore;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Session;
import io.jobyard.store.Standing;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Leases of a session that are in nobody's care, such as one whose answer never came: seen twice,
 * it is given back. For one thread.
 */
final class LostAndFound {
  private final DispatcherStore store;
  private final Settler settler;
  private final Supplier<Set<LeaseKey>> cared;
  private Set<LeaseKey> found = Set.of();

  /**
   * @param cared the leases that somebody looks after, beside those that are being settled
   */
  LostAndFound(DispatcherStore store, Settler settler, Supplier<Set<LeaseKey>> cared) {
    this.store = store;
    this.settler = settler;
    this.cared = cared;
  }

  /**
   * One look.
   *
   * @return all leases that the session holds
   */
  List<Standing> look(Session session) {
    List<Standing> held = store.held(session);
    // In this order: what leaves a dispatcher's care is being settled from then on.
    Set<LeaseKey> known = new HashSet<>(cared.get());
    known.addAll(settler.pending());
    Set<LeaseKey> unknown = new HashSet<>();
    for (Standing job : held) {
      if (known.contains(job.key())) {
        continue;
      }
      if (found.contains(job.key())) {
        settler.add(Lifecycle.settle(job, new Outcome.NotStarted(), Policy.DEFAULT), null);
      } else {
        unknown.add(job.key());
      }
    }
    found = unknown;
    return held;
  }
}
