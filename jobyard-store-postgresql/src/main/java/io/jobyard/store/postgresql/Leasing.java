package io.jobyard.store.postgresql;

import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.Order;
import io.jobyard.store.Slots;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.Head;
import io.jobyard.store.jdbc.Heads;
import io.jobyard.store.jdbc.JobRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Hands out jobs with one statement: the head of the line is locked in order, passing over what
 * others have locked, and each row taken out of the line and put among the leased. Where jobs have
 * come due, they join the line by a statement before it. Safe for any thread.
 */
final class Leasing {
  /** So many due jobs join the line at a time, so that no lease takes long. */
  private static final int PROMOTED_AT_ONCE = 1_000;

  /**
   * Nobody waits for the disk here: a lease that a crash forgets is given once more, under another
   * token.
   */
  private static final String LOOK =
      """
      with look as materialized (
        select {now} as now,
               set_config('synchronous_commit', 'off', true) as relaxed,
               exists (select 1 from {t}queues where number = ? and not paused)
                 and exists (select 1 from {t}sessions where number = ? and ended_at is null)
                 as open,
               (select run_at
                  from {t}later
                 where queue = ?
                   and run_at >= ?
                 order by run_at
                 limit 1) as next_due,
               {pinned} as pinned,
               ?::boolean as anyway
      ),
      """;

  /** Materialised, so that no plan can lock more than it takes. */
  private static final String OLDEST =
      """
      head as materialized (
        select l.ctid as place, priority, seq, seq as age, fence, id, run_at, bytes, slot
          from {t}line l
         where queue = ?
           and (priority, seq) > (?, ?)
           {conditions}
           and (select open and (anyway or next_due is null or next_due > now) from look)
         order by priority, seq
         limit {limit}
           for update skip locked
      ),
      """;

  /** Level by level of priority, each from its young end, along the same index. */
  private static final String YOUNGEST =
      """
      head as materialized (
        select h.*
          from (with recursive level (priority) as (
                  (select priority
                     from {t}line
                    where queue = ?
                    order by priority
                    limit 1)
                  union all
                  select (select l.priority
                            from {t}line l
                           where l.queue = ?
                             and l.priority > level.priority
                           order by l.priority
                           limit 1)
                    from level
                   where level.priority is not null
                )
                select priority from level where priority is not null) levels
          cross join lateral (
                select l.ctid as place, l.priority, seq, -seq as age, fence, id, run_at, bytes, slot
                  from {t}line l
                 where l.queue = ?
                   and l.priority = levels.priority
                   {conditions}
                   and (select open and (anyway or next_due is null or next_due > now) from look)
                 order by l.seq desc
                   for update skip locked) h
         limit {limit}
      ),
      """;

  /**
   * Nearly always all of the head fits: only where it does not, its rows are summed one by one. The
   * token is the same in both places.
   */
  private static final String TAKE =
      """
      cut as materialized (
        select case when sum(bytes) > ?
                    then array(select place
                                 from (select place,
                                              sum(bytes) over line as total,
                                              row_number() over line as nth
                                         from head
                                       window line as (order by priority, age)) h
                                where nth = 1
                                   or total <= ?)
               end as places
          from head
      ), gone as (
        delete from {t}line
         where ctid = any (array(select place from head where {fits}))
      ), taken as (
        insert into {t}leased (seq, fence, token, session, started_at, id, queue)
        select seq, fence + 1, hashint8extended(seq, ?), ?, look.now, id, ?
          from head, look
         where {fits}
      )
      select h.seq, h.fence + 1, uuid_send(h.id), j.task, j.settings, j.failed, j.crashed, j.lost,
             j.handler_crashes, j.phase, j.kind, j.payload, j.codec, j.codec_version, h.priority,
             h.slot, h.run_at, case when j.phase = 1 then j.errors end, j.meta,
             hashint8extended(h.seq, ?), look.now, look.open, look.next_due, look.pinned
        from look
        left join (head h cross join lateral (select * from {t}jobs where id = h.id offset 0) j)
          on {fits}
      """
          .replace(
              "{fits}",
              "((select places from cut) is null or place = any ((select places from cut)::tid[]))");

  private static final String PROMOTE =
      """
      with relaxed as materialized (
        select set_config('synchronous_commit', 'off', true)
      ), due as materialized (
        select ctid as place
          from {t}later
         where (select true from relaxed)
           and queue = ?
           and run_at <= {now}
         order by run_at
         limit ?
           for update skip locked
      ), gone as (
        delete from {t}later
         where ctid = any (array(select place from due))
        returning *
      )
      insert into {t}line ({waiting})
      select {waiting} from gone order by seq
      """
          .replace("{waiting}", Endings.WAITING);

  /** Whether a lease that leaves jobs to busy slots passes over any. */
  private static final String PINNED =
      "exists (select 1 from {t}line where queue = ? and slot is not null)";

  private static final String KINDS =
      "and (select k.kind from {t}jobs k where k.id = l.id) = any (?)";

  private static final String SLOTS = "and (slot is null or mod(mod(slot, ?) + ?, ?) = any (?))";

  private static final String ROOM =
      """
      least(?, greatest(0, ? - (select count(*)
                                  from {t}leased r
                                  join {t}sessions s
                                    on s.number = r.session
                                   and s.ended_at is null
                                 where r.queue = ?)))\
      """;

  /** One lease of a limited queue at a time, or two would both see the last place free. */
  private static final String LIMITED =
      "select pg_advisory_xact_lock(hashtextextended('{t}limit ' || ?, 0))";

  private final Pool pool;
  private final Sql sql;
  private final Queues queues;
  private final Heads heads;
  private final Sessions sessions;
  private final String promote;
  private final String limited;

  Leasing(Pool pool, Sql sql, Queues queues, Heads heads, Sessions sessions) {
    this.pool = pool;
    this.sql = sql;
    this.queues = queues;
    this.heads = heads;
    this.sessions = sessions;
    this.promote = sql.fill(PROMOTE);
    this.limited = sql.fill(LIMITED).replace("\"", "");
  }

  Leased lease(LeaseRequest request) {
    int queue = queues.number(request.queue());
    Head head = heads.of(queue);
    Answer answer;
    try {
      answer = ask(request, queue, head);
    } catch (RuntimeException e) {
      // The server may have done it, and only the answer was lost.
      sessions.mayHold(request.session());
      throw e;
    }
    if (!answer.leases.isEmpty()) {
      sessions.mayHold(request.session());
    }
    boolean filled = answer.leases.size() == request.count();
    return new Leased(answer.leases, filled ? null : answer.untilMore());
  }

  private Answer ask(LeaseRequest request, int queue, Head head) {
    if (request.limit() == 0) {
      return pool.run(db -> ask(db, request, queue, head));
    }
    return pool.transaction(db -> {
      db.first(limited, row -> 1, Integer.toString(queue));
      return ask(db, request, queue, head);
    });
  }

  private Answer ask(Db db, LeaseRequest request, int queue, Head head) throws SQLException {
    Answer answer = askOnce(db, request, queue, head, false);
    if (!answer.open || !answer.due()) {
      return answer;
    }
    db.update(promote, queue, Math.max(PROMOTED_AT_ONCE, request.count()));
    head.callBack();
    return askOnce(db, request, queue, head, true);
  }

  private Answer askOnce(Db db, LeaseRequest request, int queue, Head head, boolean anyway)
      throws SQLException {
    Head.Begin begin = head.begin(System.nanoTime());
    Answer answer = new Answer();
    Object[] parameters = parameters(db, request, queue, begin, anyway);
    db.each(
        sql.fill(statement(request)),
        row -> {
          answer.add(row, request.queue());
          return true;
        },
        parameters);
    answer.sort(request.order());
    answer.untilStart = head.untilStart(begin, System.nanoTime());
    if (!answer.leases.isEmpty() && passedNobodyOver(request, answer)) {
      Lease last = answer.leases.getLast();
      head.passed(
          begin,
          new Head.Place(last.priority(), last.key().seq()),
          answer.leases.size(),
          answer.due() ? begin.due() : answer.now);
    }
    return answer;
  }

  private static boolean passedNobodyOver(LeaseRequest request, Answer answer) {
    return request.order() == Order.FIFO && request.kinds().isEmpty() && !answer.pinned;
  }

  static String statement(LeaseRequest request) {
    boolean oldest = request.order() == Order.FIFO;
    String conditions =
        (request.kinds().isEmpty() ? "" : KINDS) + (request.slots() == null ? "" : " " + SLOTS);
    return (LOOK + (oldest ? OLDEST : YOUNGEST) + TAKE)
        .replace("{pinned}", request.slots() == null ? "false" : PINNED)
        .replace("{conditions}", conditions)
        .replace("{limit}", request.limit() == 0 ? "?" : ROOM);
  }

  static Object[] parameters(
      Db db, LeaseRequest request, int queue, Head.Begin begin, boolean anyway)
      throws SQLException {
    List<Object> all = new ArrayList<>();
    long session = request.session().number();
    all.addAll(List.of(queue, session, queue, begin.due()));
    if (request.slots() != null) {
      all.add(queue);
    }
    all.add(anyway);
    if (request.order() == Order.FIFO) {
      all.addAll(List.of(queue, begin.place().priority(), begin.place().seq()));
    } else {
      all.addAll(List.of(queue, queue, queue));
    }
    if (!request.kinds().isEmpty()) {
      all.add(db.connection().createArrayOf("text", request.kinds().toArray()));
    }
    Slots slots = request.slots();
    if (slots != null) {
      all.addAll(List.of(slots.processes(), slots.processes(), slots.processes()));
      all.add(db.connection().createArrayOf("int4", slots.free().toArray()));
    }
    all.add((long) request.count());
    if (request.limit() > 0) {
      all.addAll(List.of((long) request.limit(), queue));
    }
    long token = ThreadLocalRandom.current().nextLong();
    all.addAll(List.of(request.bytes(), request.bytes(), token, session, queue, token));
    return all.toArray();
  }

  /** What the statement answered; used by one thread. */
  private static final class Answer {
    final List<Lease> leases = new ArrayList<>();
    long now;
    boolean open;
    boolean pinned;
    @Nullable Duration untilStart;
    private @Nullable Long nextDue;

    void add(ResultSet row, String queue) throws SQLException {
      now = row.getLong(21);
      open = row.getBoolean(22);
      long due = row.getLong(23);
      nextDue = row.wasNull() ? null : due;
      pinned = row.getBoolean(24);
      long seq = row.getLong(1);
      if (seq != 0) {
        leases.add(JobRows.lease(row, queue, row.getLong(2), row.getLong(20)));
      }
    }

    /** They come in this order as a rule; the server need not keep it. */
    void sort(Order order) {
      Comparator<Lease> bySeq = Comparator.comparingLong(lease -> lease.key().seq());
      leases.sort(
          Comparator.comparingInt(Lease::priority)
              .thenComparing(order == Order.FIFO ? bySeq : bySeq.reversed()));
    }

    boolean due() {
      return nextDue != null && nextDue <= now;
    }

    /** Until the next is due, or one may be found that was committed late. */
    @Nullable Duration untilMore() {
      if (!open || nextDue == null) {
        return open ? untilStart : null;
      }
      Duration due = Duration.ofMillis(Math.max(0, nextDue - now));
      return untilStart == null || due.compareTo(untilStart) < 0 ? due : untilStart;
    }
  }
}
