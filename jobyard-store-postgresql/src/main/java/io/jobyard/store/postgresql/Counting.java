package io.jobyard.store.postgresql;

import io.jobyard.store.NodeStatus;
import io.jobyard.store.QueueStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;

/** Counts the queues' jobs, all at one moment, so that every job is in one count. */
final class Counting {
  /**
   * Each of these is answered by an index. A SCHEDULED job whose time has come counts as READY,
   * though no lease has seen it yet.
   */
  private static final String COUNTS =
      """
      with t as materialized (select {now} as now),
           c as materialized (
             select queue, sum(succeeded) as succeeded, sum(forgotten) as forgotten
               from {t}counters
              group by queue)
      select q.name,
             q.paused,
             (select count(*) from {t}line where queue = q.number),
             (select count(*) from {t}later where queue = q.number),
             (select count(*) from {t}later where queue = q.number and run_at <= t.now),
             (select count(*) from {t}leased where queue = q.number),
             coalesce((select succeeded from c where queue = q.number), 0),
             (select count(*) from {t}finished where queue = q.number and state = 4),
             (select count(*) from {t}finished where queue = q.number and state = 5),
             coalesce((select forgotten from c where queue = q.number), 0),
             t.now - least((select min(run_at) from {t}line where queue = q.number),
                           (select min(run_at)
                              from {t}later
                             where queue = q.number
                               and run_at <= t.now))
        from {t}queues q, t
       order by q.name
      """;

  private static final String BACKLOG =
      """
      select count(*)
        from ((select 1 from {t}line where queue = ? limit ?)
              union all
              (select 1 from {t}later where queue = ? and run_at <= {now} limit ?)) r
      """;

  private final Pool pool;
  private final Queues queues;
  private final Sessions sessions;
  private final String counts;
  private final String backlog;

  Counting(Pool pool, Sql sql, Queues queues, Sessions sessions) {
    this.pool = pool;
    this.queues = queues;
    this.sessions = sessions;
    this.counts = sql.fill(COUNTS);
    this.backlog = sql.fill(BACKLOG);
  }

  List<QueueStatus> queues() {
    return pool.repeat(db -> {
      List<NodeStatus> nodes = sessions.living(db);
      return db.list(counts, row -> status(row, nodes));
    });
  }

  int backlog(String queue, int atMost) {
    int number = queues.number(queue);
    Integer ready =
        pool.repeat(db -> db.first(backlog, row -> row.getInt(1), number, atMost, number, atMost));
    return Math.min(atMost, Objects.requireNonNull(ready));
  }

  private static QueueStatus status(ResultSet row, List<NodeStatus> nodes) throws SQLException {
    String name = row.getString(1);
    long due = row.getLong(5);
    long waited = row.getLong(11);
    Long oldest = row.wasNull() ? null : Math.max(0, waited);
    return new QueueStatus(
        name,
        row.getBoolean(2),
        (int) nodes.stream().filter(node -> node.queues().contains(name)).count(),
        row.getLong(3) + due,
        row.getLong(4) - due,
        row.getLong(6),
        row.getLong(7),
        row.getLong(8),
        row.getLong(9),
        row.getLong(10),
        oldest);
  }
}
