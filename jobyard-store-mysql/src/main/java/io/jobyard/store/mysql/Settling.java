package io.jobyard.store.mysql;

import io.jobyard.store.LeaseKey;
import io.jobyard.store.Limits;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.Stay;
import io.jobyard.store.jdbc.Heads;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes back what became of leased jobs, a batch in one transaction: their rows are locked in the
 * order of their numbers and compared with the keys, then {@link Batch} changes those that match,
 * with a statement for many. {@link Successes} are removed without. Safe for any thread.
 */
final class Settling {
  private static final String LOCK =
      """
      select seq, fence, token, id, cancel, priority, session, queue,
             {history}
        from {t}jobs force index (primary)
       where seq in ({in})
         and state = 2
       order by seq
         for update
      """;

  /** Locked, so that no janitor ends a session whose job is told to stay. */
  private static final String LIVING =
      """
      select number
        from {t}sessions
       where number in ({in})
        lock in share mode
      """;

  private final Database database;
  private final Bell bell;
  private final Queues queues;
  private final Inserts inserts;
  private final Counters counters;
  private final Heads heads;

  Settling(
      Database database,
      Bell bell,
      Queues queues,
      Inserts inserts,
      Counters counters,
      Heads heads) {
    this.database = database;
    this.bell = bell;
    this.queues = queues;
    this.inserts = inserts;
    this.counters = counters;
    this.heads = heads;
  }

  Set<LeaseKey> settle(List<Settlement> settlements) {
    if (settlements.isEmpty()) {
      return Set.of();
    }
    Limits.checkSettlements(settlements);
    settlements.forEach(settlement -> queues.enterOf(settlement.pushes()));
    Successes successes = Successes.of(settlements, queues);
    if (successes.all() && remove(successes)) {
      bell.ring(Set.of(new Wake.Finished()));
      return Set.of();
    }
    Batch batch = database.write(tx -> carryOut(tx, settlements));
    batch.returned().forEach(queue -> heads.of(queue).callBack());
    bell.ring(batch.wakes());
    return batch.stale();
  }

  /** All, or none where one is stale. */
  private boolean remove(Successes successes) {
    return database.<Boolean>write(tx -> {
      if (!successes.remove(tx)) {
        tx.update("rollback");
        return false;
      }
      counters.add(tx, successes.counts());
      return true;
    });
  }

  private Batch carryOut(Tx tx, List<Settlement> settlements) throws SQLException {
    boolean history =
        settlements.stream().anyMatch(one -> !one.errors().isEmpty() || !one.log().isEmpty());
    Set<Long> seqs = new TreeSet<>();
    settlements.forEach(settlement -> seqs.add(settlement.key().seq()));
    Batch batch = new Batch(tx, inserts);
    Set<Long> sessions = new HashSet<>();
    tx.each(
        LOCK.replace("{history}", history ? "errors, log" : "null, null")
            .replace("{in}", Tx.numbers(seqs)),
        row -> {
          Held held = Held.of(row);
          sessions.add(held.session);
          batch.holds(held);
          return true;
        });
    Set<Long> living =
        settlements.stream().anyMatch(one -> one.move() instanceof Stay)
            ? living(tx, sessions)
            : Set.of();
    for (Settlement settlement : settlements) {
      batch.carryOut(settlement, living);
    }
    batch.flush();
    counters.add(tx, batch.counts());
    return batch;
  }

  private static Set<Long> living(Tx tx, Set<Long> sessions) throws SQLException {
    return sessions.isEmpty()
        ? Set.of()
        : new HashSet<>(
            tx.list(LIVING.replace("{in}", Tx.numbers(sessions)), row -> row.getLong(1)));
  }

  /**
   * A leased job, locked.
   *
   * @param key as it must be shown
   */
  record Held(
      LeaseKey key,
      boolean cancel,
      int priority,
      long session,
      int queue,
      @Nullable String errors,
      @Nullable String log) {
    static Held of(java.sql.ResultSet row) throws SQLException {
      return new Held(
          io.jobyard.store.jdbc.JobRows.key(row),
          row.getInt(5) != 0,
          row.getInt(6),
          row.getLong(7),
          row.getInt(8),
          row.getString(9),
          row.getString(10));
    }

    Held with(@Nullable String newErrors, @Nullable String newLog) {
      return new Held(key, cancel, priority, session, queue, newErrors, newLog);
    }
  }
}
