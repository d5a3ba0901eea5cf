package io.jobyard.store.postgresql;

import io.jobyard.JobState;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What people do to jobs: cancel, retry, forget, pause; and what time does to kept ones. Safe for
 * any thread.
 */
final class Operating {
  private static final Set<JobState> RETRIED = EnumSet.of(JobState.FAILED, JobState.CANCELLED);

  /** A job that moves while it is asked for is found at the next place, or the one after. */
  private static final int ROUNDS = 20;

  private static final Set<JobState> WAITING = EnumSet.of(JobState.READY, JobState.SCHEDULED);

  /** Takes chosen jobs out of where they wait: those that do. */
  private static final String OUT =
      "ready as (\n"
          + out("line", "priority")
          + "), due as (\n"
          + out("later", "run_at")
          + """
          ), waiting as (
            select id from ready
            union all
            select id from due
          )\
          """;

  /**
   * A job is where one of the first three finds it; one that moves from one to another meanwhile is
   * in none, and only told to be there.
   */
  static final String CANCEL =
      """
      with asked as materialized (
        select id, seq, queue, priority, run_at
          from {t}jobs
         where id = any (?)
         order by seq
      ), flagged as (
        update {t}leased l
           set cancel = 1
          from asked a
         where l.queue = any (array(select queue from asked))
           and l.seq = any (array(select seq from asked))
           and l.queue = a.queue
           and l.seq = a.seq
        returning l.id
      ),
      {waiting}, taken as (
        delete from {t}jobs
         where id = any (array(select id from waiting))
        returning *
      ), kept as (
        {finish}
        select {carried}, fence, started_at, 5,
               {now}, null, failed, crashed, lost, handler_crashes, phase, errors, log, null
          from taken
      )
      select id, 2 from flagged
      union all
      select id, 0 from taken
      union all
      select id, 3 from {t}finished where id = any (?)
      union all
      select id, -1 from asked
      """
          .replace("{waiting}", OUT.replace("{chosen}", "asked"))
          .replace("{finish}", Endings.FINISH)
          .replace("{carried}", Endings.CARRIED);

  /** Comes back with its number, its fence and its history. */
  static final String RETRY =
      """
      with chosen as materialized (
        select seq
          from {t}finished j
         where {filter}
         order by {order}
         limit ?
           for update
      ), taken as (
        delete from {t}finished
         where seq = any (array(select seq from chosen))
        returning *
      ), revived as (
        insert into {t}jobs
               ({carried}, fence, started_at, errors, log)
        select {revived}, fence, started_at, errors, log
          from taken
        returning seq, run_at, fence, id, queue, priority, octet_length(payload) as bytes, slot
      ), lined as (
        insert into {t}line ({waiting})
        select {waiting} from revived
      )
      select q.name, count(*)
        from taken
        join {t}queues q on q.number = taken.queue
       group by q.name
      """
          .replace("{carried}", Endings.CARRIED)
          .replace("{waiting}", Endings.WAITING)
          .replace("{revived}", Endings.CARRIED.replace("run_at", "{now}"));

  private static final String COUNT_FORGOTTEN =
      """
      {freed}, counted as (
        insert into {t}counters (queue, node, succeeded, forgotten)
        select queue, ?, -count(*) filter (where succeeded), count(*)
          from gone
         group by queue
      )
      select count(*) from gone
      """
          .replace("{freed}", Endings.freed("gone"));

  static final String FORGET_WAITING =
      """
      with chosen as materialized (
        select id, seq, queue, priority, run_at
          from {t}jobs j
         where {filter}
         order by {order}
         limit ?
      ),
      {waiting}, gone as (
        delete from {t}jobs
         where id = any (array(select id from waiting))
        returning queue, false as succeeded, external_id
      ),
      """
              .replace("{waiting}", OUT.replace("{chosen}", "chosen"))
          + COUNT_FORGOTTEN;

  static final String FORGET_ENDED =
      """
      with chosen as materialized (
        select seq
          from {t}finished j
         where {filter}
         order by {order}
         limit ?
           for update
      ), gone as (
        delete from {t}finished
         where seq = any (array(select seq from chosen))
        returning queue, state = 3 as succeeded, external_id
      ),
      """
          + COUNT_FORGOTTEN;

  private static final String PAUSE = "update {t}queues set paused = ? where number = ?";

  /** Makes the counters' rows few on the way. */
  static final String PURGE =
      """
      with many as (
        select queue, node
          from {t}counters
         group by queue, node
        having count(*) > 1
      ), counted as (
        delete from {t}counters
         where ctid = any (array(select ctid
                                   from {t}counters
                                  where (queue, node) in (select queue, node from many)
                                    for update skip locked))
        returning *
      ), folded as (
        insert into {t}counters (queue, node, succeeded, forgotten)
        select queue, node, sum(succeeded), sum(forgotten)
          from counted
         group by queue, node
      ), chosen as materialized (
        select seq
          from {t}finished
         where expires_at is not null
           and expires_at <= {now}
         order by expires_at
         limit ?
           for update skip locked
      ), gone as (
        delete from {t}finished
         where seq = any (array(select seq from chosen))
        returning external_id
      ),
      {freed}
      select count(*) from gone
      """
          .replace("{freed}", Endings.freed("gone"));

  private final Pool pool;
  private final Sql sql;
  private final Queues queues;
  private final Sessions sessions;
  private final Bell bell;
  private final String cancel;
  private final String purge;

  Operating(Pool pool, Sql sql, Queues queues, Sessions sessions, Bell bell) {
    this.pool = pool;
    this.sql = sql;
    this.queues = queues;
    this.sessions = sessions;
    this.bell = bell;
    this.cancel = sql.fill(CANCEL);
    this.purge = sql.fill(PURGE);
  }

  Map<UUID, CancelAnswer> cancel(Collection<UUID> ids) {
    Map<UUID, CancelAnswer> answers = new HashMap<>();
    Set<UUID> left = new HashSet<>(ids);
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      left = cancelOnce(left, answers);
    }
    ids.forEach(id -> answers.putIfAbsent(id, CancelAnswer.UNKNOWN));
    if (answers.containsValue(CancelAnswer.REQUESTED)) {
      bell.cancelRequested();
    }
    if (answers.containsValue(CancelAnswer.CANCELLED)) {
      bell.finished();
    }
    return answers;
  }

  /** Those to ask for again, as they moved meanwhile. */
  private Set<UUID> cancelOnce(Set<UUID> asked, Map<UUID, CancelAnswer> answers) {
    Set<UUID> live = new HashSet<>();
    pool.repeat(db -> {
      Object array = db.connection().createArrayOf("uuid", asked.toArray());
      db.each(
          cancel,
          row -> {
            UUID id = row.getObject(1, UUID.class);
            int where = row.getInt(2);
            if (where < 0) {
              live.add(id);
            } else {
              answers.put(id, answer(where));
            }
            return true;
          },
          array,
          array);
      return live.size();
    });
    live.removeAll(answers.keySet());
    return live;
  }

  int retry(JobFilter filter, int limit) {
    Map<String, Integer> revived = new HashMap<>();
    pool.run(db -> {
      Filter which = new Filter(db, filter, RETRIED);
      if (which.possible()) {
        List<Object> parameters = new ArrayList<>(which.parameters());
        parameters.add(limit);
        db.each(
            sql.fill(which.in(RETRY)),
            row -> {
              revived.put(row.getString(1), row.getInt(2));
              return true;
            },
            parameters.toArray());
      }
      return revived.size();
    });
    revived.keySet().forEach(bell::back);
    return revived.values().stream().mapToInt(Integer::intValue).sum();
  }

  int forget(JobFilter filter, int limit) {
    int all =
        pool.transaction(db -> {
          int live = forget(db, FORGET_WAITING, new Filter(db, filter, WAITING), limit);
          int left = limit - live;
          return live
              + (left > 0
                  ? forget(db, FORGET_ENDED, new Filter(db, filter, Lookup.ENDED), left)
                  : 0);
        });
    bell.finished();
    return all;
  }

  void pause(String queue, boolean paused) {
    int number = queues.number(queue);
    pool.repeat(db -> db.update(sql.fill(PAUSE), paused, number));
    if (!paused) {
      bell.back(queue);
    }
  }

  int purge(int limit) {
    Integer purged = pool.repeat(db -> db.first(purge, row -> row.getInt(1), limit));
    return purged == null ? 0 : purged;
  }

  /** A job is in one count only: one that had succeeded is taken off that count. */
  private int forget(Db db, String statement, Filter which, int limit) throws SQLException {
    if (!which.possible()) {
      return 0;
    }
    List<Object> parameters = new ArrayList<>(which.parameters());
    parameters.add(limit);
    parameters.add(sessions.node());
    Integer gone =
        db.first(sql.fill(which.in(statement)), row -> row.getInt(1), parameters.toArray());
    return gone == null ? 0 : gone;
  }

  private static CancelAnswer answer(int state) {
    return switch (state) {
      case 0, 1 -> CancelAnswer.CANCELLED;
      case 2 -> CancelAnswer.REQUESTED;
      default -> CancelAnswer.FINISHED;
    };
  }

  /**
   * Takes jobs from where they wait.
   *
   * @param column of the table's index, behind the queue
   */
  private static String out(String table, String column) {
    return """
      delete from {t}{table}
       where ctid = any (array(select place
                                 from {chosen} c
                                cross join lateral (select l.ctid as place
                                                      from {t}{table} l
                                                     where l.queue = c.queue
                                                       and l.{column} = c.{column}
                                                       and l.seq = c.seq
                                                       for update) l))
      returning id
    """
        .replace("{table}", table)
        .replace("{column}", column);
  }
}
