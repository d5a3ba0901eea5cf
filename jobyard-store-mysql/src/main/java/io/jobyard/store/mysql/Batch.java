package io.jobyard.store.mysql;

import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.End;
import io.jobyard.store.Settlement.Return;
import io.jobyard.store.Settlement.Stay;
import io.jobyard.store.Settlement.Succeed;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.mysql.Settling.Held;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A batch of settlements while it is carried out: gathers changes of the same kind and writes them
 * together. For one thread and one transaction.
 */
final class Batch {
  /** Of several tables by its form, because only that one takes an index's name. */
  private static final String REMOVE =
      """
      delete j
        from {t}jobs j force index (primary)
       where j.seq in ({in})
      """;

  private static final String STAY =
      """
      update {t}jobs
         set failed = ?,
             crashed = ?,
             lost = ?,
             handler_crashes = ?,
             phase = ?,
             errors = coalesce(?, errors),
             log = coalesce(?, log)
       where seq = ?
      """;

  private static final String MOVE =
      """
      update {t}jobs
         set failed = ?,
             crashed = ?,
             lost = ?,
             handler_crashes = ?,
             phase = ?,
             errors = coalesce(?, errors),
             log = coalesce(?, log),
             state = ?,
             place = ?,
             run_at = coalesce(?, run_at),
             finished_at = ?,
             result = ?,
             cancel = 0,
             token = 0,
             session = 0
       where seq = ?
      """;

  private final Tx tx;
  private final Inserts inserts;
  private final Map<Long, Held> held = new HashMap<>();
  private final Set<LeaseKey> stale = new HashSet<>();
  private final Set<Wake> wakes = new LinkedHashSet<>();
  private final Set<Integer> returned = new HashSet<>();
  private final Map<Integer, Counters.Change> counts = new HashMap<>();
  private final List<Long> removals = new ArrayList<>();
  private final List<@Nullable Object[]> stays = new ArrayList<>();
  private final List<@Nullable Object[]> moves = new ArrayList<>();
  private final List<NewJob> pushes = new ArrayList<>();
  private @Nullable Long now;

  Batch(Tx tx, Inserts inserts) {
    this.tx = tx;
    this.inserts = inserts;
  }

  /** A job that is leased, under the key that it must be shown. */
  void holds(Held job) {
    held.put(job.key().seq(), job);
  }

  Set<LeaseKey> stale() {
    return stale;
  }

  Set<Wake> wakes() {
    return wakes;
  }

  /** The queues in whose line jobs stand again. */
  Set<Integer> returned() {
    return returned;
  }

  Map<Integer, Counters.Change> counts() {
    return counts;
  }

  void carryOut(Settlement settlement, Set<Long> living) throws SQLException {
    long seq = settlement.key().seq();
    Held job = held.get(seq);
    boolean stay = settlement.move() instanceof Stay;
    if (job == null
        || !job.key().equals(settlement.key())
        || (stay && !living.contains(job.session()))) {
      stale.add(settlement.key());
      return;
    }
    Held after =
        job.with(
            History.errors(job.errors(), settlement.errors()),
            History.log(job.log(), settlement.log()));
    if (stay) {
      held.put(seq, after);
    } else {
      held.remove(seq);
    }
    move(settlement, after);
    push(settlement.pushes());
  }

  /** Writes what was gathered. */
  void flush() throws SQLException {
    tx.batch(STAY, stays);
    stays.clear();
    tx.batch(MOVE, moves);
    moves.clear();
    if (!removals.isEmpty()) {
      tx.update(REMOVE.replace("{in}", Tx.numbers(removals)));
      removals.clear();
    }
    if (!pushes.isEmpty()) {
      inserts.insert(tx, List.copyOf(pushes), now());
      pushes.clear();
    }
  }

  private void move(Settlement settlement, Held job) throws SQLException {
    switch (settlement.move()) {
      case Succeed(byte[] result, var keep) -> {
        counts.merge(job.queue(), new Counters.Change(1, 0), Counters.Change::plus);
        if (keep.isZero()) {
          removals.add(job.key().seq());
        } else {
          ends(settlement, job, Codes.SUCCEEDED, Millis.after(now(), keep), result);
        }
        wakes.add(new Wake.Finished());
      }
      case Return(var delay) -> {
        if (job.cancel()) {
          ends(settlement, job, Codes.CANCELLED, 0, null);
          wakes.add(new Wake.Finished());
        } else {
          long runAt = Millis.after(now(), delay);
          boolean ready = runAt <= now();
          moves.add(
              row(
                  settlement,
                  job,
                  ready ? Codes.READY : Codes.SCHEDULED,
                  ready ? (long) job.priority() : runAt,
                  runAt,
                  0L,
                  null,
                  job.key().seq()));
          returned.add(job.queue());
          wakes.add(new Wake.Ready(settlement.queue()));
        }
      }
      case Stay stay -> stays.add(row(settlement, job, job.key().seq()));
      case End(var state) -> {
        ends(settlement, job, Codes.of(state), 0, null);
        wakes.add(new Wake.Finished());
      }
    }
  }

  private void ends(
      Settlement settlement, Held job, int state, long place, byte @Nullable [] result)
      throws SQLException {
    moves.add(row(settlement, job, state, place, null, now(), result, job.key().seq()));
  }

  private void push(List<NewJob> jobs) throws SQLException {
    if (jobs.isEmpty()) {
      return;
    }
    // A name is free from the very settlement on that removes its job, not from an earlier one.
    boolean named = jobs.stream().anyMatch(job -> job.externalId() != null);
    if (named) {
      flush();
    }
    pushes.addAll(jobs);
    if (named) {
      flush();
    }
    jobs.forEach(job -> wakes.add(new Wake.Ready(job.queue())));
  }

  private static @Nullable Object[] row(Settlement settlement, Held job, @Nullable Object... more) {
    @Nullable Object[] row = new @Nullable Object[7 + more.length];
    row[0] = settlement.counts().failed();
    row[1] = settlement.counts().crashed();
    row[2] = settlement.counts().lost();
    row[3] = settlement.counts().handlerCrashes();
    row[4] = Codes.of(settlement.phase());
    row[5] = settlement.errors().isEmpty() ? null : job.errors();
    row[6] = settlement.log().isEmpty() ? null : job.log();
    System.arraycopy(more, 0, row, 7, more.length);
    return row;
  }

  private long now() throws SQLException {
    if (now == null) {
      now = tx.now();
    }
    return Objects.requireNonNull(now);
  }
}
