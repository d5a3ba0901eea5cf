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
  private static final Set<JobState> WAITING = EnumSet.of(JobState.READY, JobState.SCHEDULED);

  /** Locked first: what is done then fits the state that was seen. */
  private static final String CANCEL =
      """
      with asked as materialized (
        select id, state
          from {t}jobs
         where id = any (?)
         order by seq
           for update
      ), flagged as (
        update {t}jobs j
           set cancel = 1
          from asked a
         where j.id = a.id
           and a.state = 2
      ), taken as (
        delete from {t}jobs j
         using asked a
         where j.id = a.id
           and a.state <> 2
        returning j.*
      ), kept as (
        {finish}
        select {carried}, 5, {now}, null, failed, crashed, lost, handler_crashes, phase, errors,
               log, null
          from taken
      )
      select id, state from asked
      union all
      select id, 3 from {t}finished where id = any (?)
      """
          .replace("{finish}", Endings.FINISH)
          .replace("{carried}", Endings.CARRIED);

  /** Comes back with its number, its fence and its history. */
  private static final String RETRY =
      """
      with chosen as materialized (
        select seq
          from {t}finished
         where {filter}
         order by seq
         limit ?
           for update
      ), taken as (
        delete from {t}finished f
         using chosen c
         where f.seq = c.seq
        returning f.*
      ), revived as (
        insert into {t}jobs
               (state, {carried}, errors, log)
        select 0, {revived}, errors, log
          from taken
      )
      select q.name, count(*)
        from taken
        join {t}queues q on q.number = taken.queue
       group by q.name
      """
          .replace("{carried}", Endings.CARRIED)
          .replace("{revived}", Endings.CARRIED.replace("run_at", "{now}"));

  private static final String FORGET =
      """
      with chosen as materialized (
        select seq, id
          from {t}{table}
         where {filter}
         order by seq
         limit ?
           for update
      ), gone as (
        delete from {t}{table} j
         using chosen c
         where j.id = c.id
        returning j.queue, j.state, j.external_id
      ), freed as (
        delete from {t}external e
         using gone g
         where g.external_id is not null
           and e.external_id = g.external_id
      ), counted as (
        insert into {t}counters as c (queue, node, succeeded, forgotten)
        select queue, ?, -count(*) filter (where state = 3), count(*)
          from gone
         group by queue
         order by queue
        {count}
      )
      select count(*) from gone
      """
          .replace("{count}", Endings.COUNT);

  private static final String PAUSE = "update {t}queues set paused = ? where number = ?";

  private static final String PURGE =
      """
      with chosen as materialized (
        select seq
          from {t}finished
         where expires_at is not null
           and expires_at <= {now}
         order by expires_at
         limit ?
           for update skip locked
      ), gone as (
        delete from {t}finished f
         using chosen c
         where f.seq = c.seq
        returning f.external_id
      ), freed as (
        delete from {t}external e
         using gone g
         where g.external_id is not null
           and e.external_id = g.external_id
      )
      select count(*) from gone
      """;

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
    // Twice: one that moves between the tables meanwhile is seen by neither half of a statement.
    for (int round = 0; round < 2 && !left.isEmpty(); round++) {
      Object[] asked = left.toArray();
      pool.repeat(db -> {
        Object array = db.connection().createArrayOf("uuid", asked);
        db.each(
            cancel,
            row -> {
              answers.put(row.getObject(1, UUID.class), answer(row.getInt(2)));
              return true;
            },
            array,
            array);
        return answers.size();
      });
      left.removeAll(answers.keySet());
    }
    left.forEach(id -> answers.put(id, CancelAnswer.UNKNOWN));
    if (answers.containsValue(CancelAnswer.REQUESTED)) {
      bell.cancelRequested();
    }
    if (answers.containsValue(CancelAnswer.CANCELLED)) {
      bell.finished();
    }
    return answers;
  }

  int retry(JobFilter filter, int limit) {
    Map<String, Integer> revived = new HashMap<>();
    pool.run(db -> {
      Filter which = new Filter(db, filter, RETRIED);
      if (which.possible()) {
        List<Object> parameters = new ArrayList<>(which.parameters());
        parameters.add(limit);
        db.each(
            sql.fill(RETRY.replace("{filter}", which.sql())),
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
          int live = forget(db, "jobs", new Filter(db, filter, WAITING), limit);
          int left = limit - live;
          return live
              + (left > 0 ? forget(db, "finished", new Filter(db, filter, Lookup.ENDED), left) : 0);
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
  private int forget(Db db, String table, Filter which, int limit) throws SQLException {
    if (!which.possible()) {
      return 0;
    }
    List<Object> parameters = new ArrayList<>(which.parameters());
    parameters.add(limit);
    parameters.add(sessions.node());
    String statement = FORGET.replace("{table}", table).replace("{filter}", which.sql());
    Integer gone = db.first(sql.fill(statement), row -> row.getInt(1), parameters.toArray());
    return gone == null ? 0 : gone;
  }

  private static CancelAnswer answer(int state) {
    return switch (state) {
      case 0, 1 -> CancelAnswer.CANCELLED;
      case 2 -> CancelAnswer.REQUESTED;
      default -> CancelAnswer.FINISHED;
    };
  }
}
