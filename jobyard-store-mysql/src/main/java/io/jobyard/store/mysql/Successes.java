package io.jobyard.store.mysql;

import io.jobyard.store.LeaseKey;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.Succeed;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The commonest batch of all: jobs that succeeded and leave nothing behind. They are removed
 * without being read first, by a statement for each lease that they came with, for all {@link
 * Token}s of one lease follow from one number. For one thread.
 */
final class Successes {
  /** With more leases than this, comparing key by key is no dearer. */
  private static final int LEASES = 8;

  private static final String REMOVE =
      """
      delete j
        from {t}jobs j force index (primary)
       where j.seq in ({in})
         and j.state = 2
         and j.fence = ?
         and j.token = {token}
      """
          .replace("{token}", Token.SQL);

  private final Map<Lease, List<Long>> leases = new LinkedHashMap<>();
  private final Map<Integer, Counters.Change> counts = new HashMap<>();
  private boolean plain = true;

  private Successes() {}

  /** What a batch is of this kind. */
  static Successes of(List<Settlement> settlements, Queues queues) {
    Successes all = new Successes();
    Set<Long> seqs = new HashSet<>();
    for (Settlement settlement : settlements) {
      boolean plain =
          settlement.move() instanceof Succeed(var result, var keep)
              && keep.isZero()
              && settlement.pushes().isEmpty()
              && seqs.add(settlement.key().seq());
      if (!plain) {
        all.plain = false;
        return all;
      }
      all.leases
          .computeIfAbsent(Lease.of(settlement.key()), lease -> new ArrayList<>())
          .add(settlement.key().seq());
      all.counts.merge(
          queues.number(settlement.queue()), new Counters.Change(1, 0), Counters.Change::plus);
    }
    return all;
  }

  /** Whether it is all of the batch. */
  boolean all() {
    return plain && leases.size() <= LEASES;
  }

  Map<Integer, Counters.Change> counts() {
    return counts;
  }

  /** Removes them; false if one was stale, and then what was removed must be rolled back. */
  boolean remove(Tx tx) throws SQLException {
    for (Map.Entry<Lease, List<Long>> entry : leases.entrySet()) {
      List<Long> seqs = entry.getValue().stream().sorted().toList();
      Lease lease = entry.getKey();
      int removed = tx.update(REMOVE.replace("{in}", Tx.numbers(seqs)), lease.fence, lease.random);
      if (removed < seqs.size()) {
        return false;
      }
    }
    return true;
  }

  /** Jobs that were leased at once and are of one fence. */
  private record Lease(long fence, long random) {
    static Lease of(LeaseKey key) {
      return new Lease(key.fence(), Token.of(key.token(), key.seq(), key.id()));
    }
  }
}
