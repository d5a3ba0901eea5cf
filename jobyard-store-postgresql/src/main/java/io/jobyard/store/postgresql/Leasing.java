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
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Hands out jobs with one statement: the head of the line is locked in order, passing over what
 * others have locked, and marked RUNNING. Where jobs have come due, they join the line by a
 * statement before it. Safe for any thread.
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
                  from {t}jobs
                 where queue = ?
                   and state = 1
                   and run_at >= ?
                 order by run_at
                 limit 1) as next_due,
               ? as anyway
      ),
      """;

  /** Materialised, so that no plan can lock more than it takes. */
  private static final String OLDEST =
      """
      head as materialized (
        select ctid as place, priority, seq, octet_length(payload) as bytes
          from {t}jobs
         where queue = ?
           and state = 0
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
                     from {t}jobs
                    where queue = ?
                      and state = 0
                    order by priority
                    limit 1)
                  union all
                  select (select j.priority
                            from {t}jobs j
                           where j.queue = ?
                             and j.state = 0
                             and j.priority > level.priority
                           order by j.priority
                           limit 1)
                    from level
                   where level.priority is not null
                )
                select priority from level where priority is not null) levels
          cross join lateral (
                select ctid as place, priority, -seq as seq, octet_length(payload) as bytes
                  from {t}jobs j
                 where j.queue = ?
                   and j.state = 0
                   and j.priority = levels.priority
                   {conditions}
                   and (select open and (anyway or next_due is null or next_due > now) from look)
                 order by j.seq desc
                   for update skip locked) h
         limit {limit}
      ),
      """;

  private static final String TAKE =
      """
      fit as materialized (
        select place
          from (select place,
                       sum(bytes) over line as total,
                       row_number() over line as nth
                  from head
                window line as (order by priority, seq)) h
         where nth = 1
            or total <= ?
      ), taken as (
        update {t}jobs j
           set state = 2,
               fence = j.fence + 1,
               token = hashint8extended(j.seq, ?),
               session = ?,
               started_at = look.now
          from fit, look
         where j.ctid = fit.place
        returning j.seq, j.fence, uuid_send(j.id) as id, j.task, j.settings, j.failed, j.crashed,
                  j.lost, j.handler_crashes, j.phase, j.kind, j.payload, j.codec, j.codec_version,
                  j.priority, j.slot, j.run_at, case when j.phase = 1 then j.errors end as errors, j.meta,
                  j.token
      )
      select taken.*, look.now, look.open, look.next_due
        from look
        left join taken on true
       order by taken.priority, {age}
      """;

  private static final String PROMOTE =
      """
      with relaxed as materialized (
        select set_config('synchronous_commit', 'off', true)
      ), due as materialized (
        select ctid as place
          from {t}jobs
         where (select true from relaxed)
           and queue = ?
           and state = 1
           and run_at <= {now}
         order by run_at
         limit ?
           for update skip locked
      )
      update {t}jobs
         set state = 0
       where ctid = any (array(select place from due))
      """;

  private static final String KINDS = "and kind = any (?)";
  private static final String SLOTS = "and (slot is null or mod(mod(slot, ?) + ?, ?) = any (?))";

  private static final String ROOM =
      """
      least(?, greatest(0, ? - (select count(*)
                                  from {t}jobs r
                                  join {t}sessions s
                                    on s.number = r.session
                                   and s.ended_at is null
                                 where r.queue = ?
                                   and r.state = 2)))\
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
    return new Leased(answer.leases, filled ? null : answer.untilDue());
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
    if (!answer.leases.isEmpty() && passesNobodyOver(request)) {
      Lease last = answer.leases.getLast();
      head.passed(
          begin,
          new Head.Place(last.priority(), last.key().seq()),
          answer.leases.size(),
          answer.due() ? begin.due() : answer.now);
    }
    return answer;
  }

  private static boolean passesNobodyOver(LeaseRequest request) {
    return request.order() == Order.FIFO && request.kinds().isEmpty() && request.slots() == null;
  }

  static String statement(LeaseRequest request) {
    boolean oldest = request.order() == Order.FIFO;
    String conditions =
        (request.kinds().isEmpty() ? "" : KINDS) + (request.slots() == null ? "" : " " + SLOTS);
    return (LOOK + (oldest ? OLDEST : YOUNGEST) + TAKE)
        .replace("{conditions}", conditions)
        .replace("{limit}", request.limit() == 0 ? "?" : ROOM)
        .replace("{age}", oldest ? "taken.seq" : "taken.seq desc");
  }

  static Object[] parameters(
      Db db, LeaseRequest request, int queue, Head.Begin begin, boolean anyway)
      throws SQLException {
    List<Object> all = new ArrayList<>();
    long session = request.session().number();
    all.addAll(List.of(queue, session, queue, begin.due(), anyway));
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
    all.addAll(List.of(request.bytes(), ThreadLocalRandom.current().nextLong(), session));
    return all.toArray();
  }

  /** What the statement answered; used by one thread. */
  private static final class Answer {
    final List<Lease> leases = new ArrayList<>();
    long now;
    boolean open;
    private @Nullable Long nextDue;

    void add(ResultSet row, String queue) throws SQLException {
      now = row.getLong(21);
      open = row.getBoolean(22);
      long due = row.getLong(23);
      nextDue = row.wasNull() ? null : due;
      long seq = row.getLong(1);
      if (seq != 0) {
        leases.add(JobRows.lease(row, queue, row.getLong(2), row.getLong(20)));
      }
    }

    boolean due() {
      return nextDue != null && nextDue <= now;
    }

    @Nullable Duration untilDue() {
      return nextDue == null || !open ? null : Duration.ofMillis(Math.max(0, nextDue - now));
    }
  }
}
