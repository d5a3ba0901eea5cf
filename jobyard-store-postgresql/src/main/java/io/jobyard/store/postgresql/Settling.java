package io.jobyard.store.postgresql;

import io.jobyard.store.LeaseKey;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.End;
import io.jobyard.store.Settlement.Return;
import io.jobyard.store.Settlement.Stay;
import io.jobyard.store.Settlement.Succeed;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.Heads;
import io.jobyard.store.jdbc.StoredJson;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Writes back what became of leased jobs, a batch in one statement: every row names the whole
 * lease, so that a stale one changes nothing. What must not be run or asked twice, a last phase and
 * follow-up pushes, is on disk before it is acknowledged; all else may be lost in a crash of the
 * server and is then run once more. Safe for any thread.
 *
 * <p>A batch is several statements in one transaction only where it names a lease twice or pushes
 * jobs.
 */
final class Settling {
  private static final String RELAXED =
      """
      relaxed as materialized (
        select case when ? then set_config('synchronous_commit', 'off', true) end
      ),
      """;

  private static final String COUNTED =
      """
      counted as (
        insert into {t}counters (queue, node, succeeded)
        select queue, ?, count(*)
          from {succeeded}
         group by queue
      )
      """;

  /** What nearly all jobs come to: done, with nothing to keep. */
  static final String REMOVE =
      "with "
          + RELAXED
          + """
          key as materialized (
            select *
              from unnest(?::int[], ?::bigint[], ?::bigint[], ?::bigint[], ?::uuid[])
                   as k (queue, seq, fence, token, id)
          ), ended as (
            delete from {t}leased
             where queue = any (array(select queue from key))
               and seq = any (array(select seq from key))
               and ((queue, seq, fence, token, id)
                      in (select queue, seq, fence, token, id from key)) is true
            returning seq, id, queue
          ), gone as (
            delete from {t}jobs
             where id = any (array(select id from ended))
            returning external_id
          ),
          {freed},
          """
              .replace("{freed}", Endings.freed("gone"))
          + COUNTED.replace("{succeeded}", "ended")
          + "select seq from ended where (select true from relaxed)";

  private static final int KEEP = 1;
  private static final int GIVE_BACK = 2;
  private static final int STAY = 3;
  private static final int END = 4;

  /**
   * Locked first, in the order of their numbers, so that two batches do not wait for each other.
   */
  static final String CARRY_OUT =
      "with "
          + RELAXED
          + """
          key as materialized (
            select k.*, {now} as now
              from unnest(?::int[], ?::bigint[], ?::bigint[], ?::bigint[], ?::uuid[], ?::int[],
                          ?::int[], ?::bigint[], ?::int[], ?::int[], ?::int[], ?::int[], ?::int[],
                          ?::text[], ?::int[], ?::text[], ?::bytea[])
                   as k (queue, seq, fence, token, id, move, state, delay, failed, crashed, lost,
                         handler_crashes, phase, errors, added, log, result),
                   relaxed
             order by k.seq
          ), living as materialized (
            select s.number
              from {t}sessions s
             where s.ended_at is null
               and s.number = any (array(select (select l.session
                                                   from {t}leased l
                                                  where l.queue = k.queue
                                                    and l.seq = k.seq)
                                           from key k
                                          where k.move = 3))
               for share
          ), held as materialized (
            select k.*,
                   l.place,
                   l.started_at,
                   case when k.move = 2 and l.cancel = 1 then 4 else k.move end as done,
                   case when k.move = 2 and l.cancel = 1 then 5 else k.state end as ends
              from key k
             cross join lateral (
                    select l.ctid as place, l.started_at, l.cancel, l.session
                      from {t}leased l
                     where l.queue = k.queue
                       and l.seq = k.seq
                       and l.fence = k.fence
                       and l.token = k.token
                       and l.id = k.id
                       for update) l
             where k.move <> 3
                or l.session in (select number from living)
          ), ended as (
            delete from {t}leased
             where ctid = any (array(select place from held where done <> 3))
          ), changed as (
            update {t}jobs j
               set failed = h.failed,
                   crashed = h.crashed,
                   lost = h.lost,
                   handler_crashes = h.handler_crashes,
                   phase = h.phase,
                   errors = {history},
                   log = {log},
                   fence = h.fence,
                   started_at = h.started_at,
                   run_at = case when h.done = 3 then j.run_at else h.now + h.delay end
              from held h
             where j.id = any (array(select id from held where done in (2, 3)))
               and j.id = h.id
            returning j.seq, j.run_at, j.fence, j.id, j.queue, j.priority, j.slot, h.done, h.delay,
                      octet_length(j.payload) as bytes
          ), back as (
            insert into {t}line ({waiting})
            select {waiting} from changed where done = 2 and delay <= 0 order by seq
          ), postponed as (
            insert into {t}later ({waiting})
            select {waiting} from changed where done = 2 and delay > 0 order by seq
          ), taken as (
            delete from {t}jobs j
             using held h
             where j.id = any (array(select id from held where done in (0, 1, 4)))
               and j.id = h.id
            returning j.*, h.done, h.ends, h.now, h.delay, h.fence as last_fence,
                      h.started_at as last_start, h.failed as now_failed,
                      h.crashed as now_crashed, h.lost as now_lost,
                      h.handler_crashes as now_handler_crashes, h.phase as now_phase,
                      h.errors as more_errors, h.added, h.log as more_log, h.result
          ),
          {freed}, kept as (
            {finish}
            select {carried}, last_fence, last_start, ends,
                   now, case when done = 1 then now + delay end, now_failed, now_crashed, now_lost,
                   now_handler_crashes, now_phase,
                   {last history},
                   {last log},
                   result
              from taken
             where done <> 0
          ), succeeded as (
            select queue from taken where done in (0, 1)
          ),
          """
              .replace("{freed}", Endings.freed("taken where done = 0"))
              .replace("{finish}", Endings.FINISH.replace("\n", "\n  "))
              .replace("{carried}", Endings.CARRIED)
              .replace("{waiting}", Endings.WAITING)
              .replace("{last history}", Endings.history("errors", "more_errors", "added"))
              .replace("{last log}", Endings.appended("log", "more_log"))
              .replace("{history}", Endings.history("j.errors", "h.errors", "h.added"))
              .replace("{log}", Endings.appended("j.log", "h.log"))
          + COUNTED.replace("{succeeded}", "succeeded")
          + "select seq from held";

  private final Pool pool;
  private final Queues queues;
  private final Heads heads;
  private final Inserts inserts;
  private final Sessions sessions;
  private final Bell bell;
  private final String remove;
  private final String carryOut;

  Settling(
      Pool pool,
      Sql sql,
      Queues queues,
      Heads heads,
      Inserts inserts,
      Sessions sessions,
      Bell bell) {
    this.pool = pool;
    this.queues = queues;
    this.heads = heads;
    this.inserts = inserts;
    this.sessions = sessions;
    this.bell = bell;
    this.remove = sql.fill(REMOVE);
    this.carryOut = sql.fill(CARRY_OUT);
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
    List<List<Settlement>> waves = waves(settlements);
    Set<LeaseKey> stale =
        waves.size() == 1 && waves.getFirst().stream().allMatch(s -> s.pushes().isEmpty())
            ? pool.run(db -> carryOut(db, waves.getFirst(), relaxed(settlements)))
            : pool.transaction(db -> {
              Set<LeaseKey> all = new HashSet<>();
              for (List<Settlement> wave : waves) {
                Set<LeaseKey> some = carryOut(db, wave, relaxed(settlements));
                push(db, wave, some);
                all.addAll(some);
              }
              return all;
            });
    wake(settlements, stale);
    return stale;
  }

  private static boolean relaxed(List<Settlement> settlements) {
    return settlements.stream().noneMatch(s -> s.move() instanceof Stay || !s.pushes().isEmpty());
  }

  /**
   * One statement does a job once, and all moves before any push: the next wave begins with a job
   * that was named already, and behind one whose push wants an external id.
   */
  private static List<List<Settlement>> waves(List<Settlement> settlements) {
    List<List<Settlement>> waves = new ArrayList<>();
    List<Settlement> wave = new ArrayList<>();
    Set<UUID> named = new HashSet<>();
    boolean full = false;
    for (Settlement settlement : settlements) {
      if (!named.add(settlement.key().id()) || full) {
        waves.add(wave);
        wave = new ArrayList<>();
        named.clear();
        named.add(settlement.key().id());
      }
      wave.add(settlement);
      full = settlement.pushes().stream().anyMatch(job -> job.externalId() != null);
    }
    waves.add(wave);
    return waves;
  }

  private Set<LeaseKey> carryOut(Db db, List<Settlement> wave, boolean relaxed)
      throws SQLException {
    boolean plain =
        wave.stream().allMatch(s -> s.move() instanceof Succeed succeed && succeed.keep().isZero());
    Set<Long> held = new HashSet<>();
    db.each(
        plain ? remove : carryOut,
        row -> {
          held.add(row.getLong(1));
          return true;
        },
        plain ? keys(db, wave, relaxed) : moves(db, wave, relaxed));
    Set<LeaseKey> stale = new HashSet<>();
    for (Settlement settlement : wave) {
      if (!held.contains(settlement.key().seq())) {
        stale.add(settlement.key());
      }
    }
    return stale;
  }

  private Object[] keys(Db db, List<Settlement> wave, boolean relaxed) throws SQLException {
    Columns<Settlement> column = new Columns<>(db, wave);
    return new Object[] {
      relaxed,
      column.ints(s -> queues.known(s.queue())),
      column.longs(s -> s.key().seq()),
      column.longs(s -> s.key().fence()),
      column.longs(s -> s.key().token()),
      column.uuids(s -> s.key().id()),
      sessions.node()
    };
  }

  private Object[] moves(Db db, List<Settlement> wave, boolean relaxed) throws SQLException {
    Columns<Settlement> column = new Columns<>(db, wave);
    return new Object[] {
      relaxed,
      column.ints(s -> queues.known(s.queue())),
      column.longs(s -> s.key().seq()),
      column.longs(s -> s.key().fence()),
      column.longs(s -> s.key().token()),
      column.uuids(s -> s.key().id()),
      column.ints(Settling::move),
      column.ints(s -> s.move() instanceof End end ? Codes.of(end.state()) : Codes.SUCCEEDED),
      column.longs(Settling::delay),
      column.ints(s -> s.counts().failed()),
      column.ints(s -> s.counts().crashed()),
      column.ints(s -> s.counts().lost()),
      column.ints(s -> s.counts().handlerCrashes()),
      column.ints(s -> Codes.of(s.phase())),
      column.texts(s -> StoredJson.elements(s.errors())),
      column.ints(s -> s.errors().size()),
      column.texts(s -> StoredJson.textElements(s.log())),
      column.bytes(s -> s.move() instanceof Succeed succeed ? succeed.result() : null),
      sessions.node()
    };
  }

  private static int move(Settlement settlement) {
    return switch (settlement.move()) {
      case Succeed succeed -> succeed.keep().isZero() ? 0 : KEEP;
      case Return back -> GIVE_BACK;
      case Stay stay -> STAY;
      case End end -> END;
    };
  }

  private static long delay(Settlement settlement) {
    return switch (settlement.move()) {
      case Succeed succeed -> Millis.of(succeed.keep());
      case Return back -> Millis.of(back.delay());
      case Stay stay -> 0;
      case End end -> 0;
    };
  }

  private void push(Db db, List<Settlement> wave, Set<LeaseKey> stale) throws SQLException {
    List<NewJob> pushes = new ArrayList<>();
    for (Settlement settlement : wave) {
      if (!stale.contains(settlement.key())) {
        pushes.addAll(settlement.pushes());
      }
    }
    if (!pushes.isEmpty()) {
      inserts.insert(db, pushes);
    }
  }

  private void wake(List<Settlement> settlements, Set<LeaseKey> stale) {
    for (Settlement settlement : settlements) {
      if (stale.contains(settlement.key())) {
        continue;
      }
      switch (settlement.move()) {
        case Succeed succeed -> bell.finished();
        case End end -> bell.finished();
        case Return back -> {
          heads.of(queues.known(settlement.queue())).callBack();
          bell.back(settlement.queue());
          bell.finished();
        }
        case Stay stay -> {}
      }
      settlement.pushes().forEach(job -> bell.pushed(job.queue(), job.priority()));
    }
  }
}
