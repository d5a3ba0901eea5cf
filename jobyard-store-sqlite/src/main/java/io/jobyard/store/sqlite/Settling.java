package io.jobyard.store.sqlite;

import io.jobyard.store.LeaseKey;
import io.jobyard.store.Limits;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.End;
import io.jobyard.store.Settlement.Return;
import io.jobyard.store.Settlement.Stay;
import io.jobyard.store.Settlement.Succeed;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.StoredJson;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes back what became of leased jobs, a batch in one transaction. Every statement names the
 * whole lease, so that a stale one changes nothing. What must not be run or asked twice, a last
 * phase and follow-up pushes, is on disk before it is acknowledged; all else may be lost in a power
 * cut and is then run once more. Safe for any thread.
 */
final class Settling {
  static final String KEY =
      """
       where seq = ?1
         and fence = ?2
         and token = ?3
         and id = ?4
         and state = 2
      """;

  private static final String CHANGE =
      """
      update jobyard_jobs
         set failed = ?5,
             crashed = ?6,
             lost = ?7,
             handler_crashes = ?8,
             phase = ?9,
             errors = case when ?10 is null
                           then errors
                           else coalesce(substr({history}, 1, length({history}) - 1) || ',', '[')
                                || ?10 || ']'
                      end,
             log = case when ?11 is null
                        then log
                        else coalesce(substr(log, 1, length(log) - 1) || ',', '[') || ?11 || ']'
                   end
      """
          .replace("{history}", Endings.HISTORY);

  /** Only a living session's: a janitor that saw its end would undo what is written now. */
  private static final String STAY =
      CHANGE
          + KEY
          + """
             and session in (select number from jobyard_sessions)
          """;

  /** A job that was asked to cancel does not go back. */
  private static final String RETURN =
      CHANGE
          + """
               , state = ?12,
               run_at = ?13,
               token = null,
               session = null
          """
          + KEY
          + "   and cancel = 0";

  static final String HOLDS = "select 1 from jobyard_jobs\n" + KEY;

  private final Writer writer;
  private final WalFlush flush;
  private final WakeBell bell;
  private final Queues queues;
  private final Inserts inserts;
  private final Endings endings;
  private final Sessions sessions;
  private final InstantSource clock;

  Settling(
      Writer writer,
      WalFlush flush,
      WakeBell bell,
      Queues queues,
      Inserts inserts,
      Endings endings,
      Sessions sessions,
      InstantSource clock) {
    this.writer = writer;
    this.flush = flush;
    this.bell = bell;
    this.queues = queues;
    this.inserts = inserts;
    this.endings = endings;
    this.sessions = sessions;
    this.clock = clock;
  }

  Set<LeaseKey> settle(List<Settlement> settlements) {
    if (settlements.isEmpty()) {
      return Set.of();
    }
    Limits.checkSettlements(settlements);
    for (Settlement settlement : settlements) {
      queues.number(settlement.queue());
      settlement.pushes().forEach(job -> queues.number(job.queue()));
    }
    try (WalFlush.Pass pass = flush.announceIf(settlements.stream().anyMatch(Settling::durable))) {
      Batch batch = writer.write(db -> carryOut(db, settlements));
      bell.ring(batch.ports, batch.wakes);
      if (batch.durable) {
        pass.flush();
      }
      return batch.stale;
    }
  }

  private static boolean durable(Settlement settlement) {
    return settlement.move() instanceof Stay || !settlement.pushes().isEmpty();
  }

  private Batch carryOut(Db db, List<Settlement> settlements) throws SQLException {
    Batch batch = new Batch(clock.millis());
    for (Settlement settlement : settlements) {
      if (!carryOut(db, settlement, batch)) {
        batch.stale.add(settlement.key());
        continue;
      }
      if (!settlement.pushes().isEmpty()) {
        inserts.insert(db, settlement.pushes(), batch.now);
        settlement.pushes().forEach(job -> batch.wakes.add(new Wake.Ready(job.queue())));
      }
      batch.durable |= durable(settlement);
    }
    for (Map.Entry<String, Integer> succeeded : batch.succeeded.entrySet()) {
      endings.count(db, queues.known(succeeded.getKey()), sessions.node(), succeeded.getValue(), 0);
    }
    if (!batch.wakes.isEmpty()) {
      batch.ports = bell.ports(db);
    }
    return batch;
  }

  private boolean carryOut(Db db, Settlement settlement, Batch batch) throws SQLException {
    return switch (settlement.move()) {
      case Succeed succeed -> succeed(db, settlement, succeed, batch);
      case Return back -> giveBack(db, settlement, back, batch);
      case Stay stay -> change(db, STAY, settlement) == 1;
      case End end -> end(db, settlement, Codes.of(end.state()), null, null, batch);
    };
  }

  private boolean succeed(Db db, Settlement settlement, Succeed succeed, Batch batch)
      throws SQLException {
    boolean done =
        succeed.keep().isZero()
            ? remove(db, settlement.key())
            : end(
                db,
                settlement,
                Codes.SUCCEEDED,
                Millis.after(batch.now, succeed.keep()),
                succeed.result(),
                batch);
    if (done) {
      batch.succeeded.merge(settlement.queue(), 1, Integer::sum);
      batch.wakes.add(new Wake.Finished());
    }
    return done;
  }

  private static boolean remove(Db db, LeaseKey key) throws SQLException {
    return db.update(Endings.REMOVE, key.seq(), key.fence(), key.token(), Codes.bytes(key.id()))
        == 1;
  }

  private boolean giveBack(Db db, Settlement settlement, Return back, Batch batch)
      throws SQLException {
    long runAt = Millis.after(batch.now, back.delay());
    int state = runAt > batch.now ? Codes.SCHEDULED : Codes.READY;
    if (change(db, RETURN, settlement, state, runAt) == 1) {
      batch.wakes.add(new Wake.Ready(settlement.queue()));
      return true;
    }
    return end(db, settlement, Codes.CANCELLED, null, null, batch);
  }

  private boolean end(
      Db db,
      Settlement settlement,
      int state,
      @Nullable Long expiresAt,
      byte @Nullable [] result,
      Batch batch)
      throws SQLException {
    LeaseKey key = settlement.key();
    Boolean holds =
        db.first(HOLDS, row -> true, key.seq(), key.fence(), key.token(), Codes.bytes(key.id()));
    if (holds == null) {
      return false;
    }
    endings.move(
        db,
        key.seq(),
        new Endings.Ending(
            state,
            batch.now,
            expiresAt,
            settlement.counts(),
            settlement.phase(),
            StoredJson.elements(settlement.errors()),
            StoredJson.textElements(settlement.log()),
            result));
    batch.wakes.add(new Wake.Finished());
    return true;
  }

  private static int change(Db db, String sql, Settlement settlement, @Nullable Object... more)
      throws SQLException {
    LeaseKey key = settlement.key();
    @Nullable Object[] all = new @Nullable Object[11 + more.length];
    all[0] = key.seq();
    all[1] = key.fence();
    all[2] = key.token();
    all[3] = Codes.bytes(key.id());
    all[4] = settlement.counts().failed();
    all[5] = settlement.counts().crashed();
    all[6] = settlement.counts().lost();
    all[7] = settlement.counts().handlerCrashes();
    all[8] = Codes.of(settlement.phase());
    all[9] = StoredJson.elements(settlement.errors());
    all[10] = StoredJson.textElements(settlement.log());
    System.arraycopy(more, 0, all, 11, more.length);
    return db.update(sql, all);
  }

  /** What a batch comes to while it is carried out; used by one thread. */
  private static final class Batch {
    final long now;
    final Set<LeaseKey> stale = new HashSet<>();
    final Set<Wake> wakes = new LinkedHashSet<>();
    final Map<String, Integer> succeeded = new HashMap<>();
    List<Integer> ports = List.of();
    boolean durable;

    Batch(long now) {
      this.now = now;
    }
  }
}
