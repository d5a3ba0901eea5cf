package io.jobyard.store.mysql;

import io.jobyard.store.NodeStatus;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.jdbc.Codes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the queues' jobs, with one statement and so at one moment. Safe for any thread. */
final class Counting {
  /** Answered by the index alone. */
  static final String COUNTS =
      """
      select convert(q.name using utf8mb4), q.paused, coalesce(c.succeeded, 0),
             coalesce(c.forgotten, 0), j.state, j.jobs, j.due, j.oldest, {now}
        from {t}queues q
        left join (select queue, sum(succeeded) succeeded, sum(forgotten) forgotten
                     from {t}counters
                    group by queue) c on c.queue = q.number
        left join (select queue, state, count(*) jobs, sum(place <= {now}) due, min(run_at) oldest
                     from {t}jobs force index (line)
                    group by state, queue) j on j.queue = q.number
       order by q.name
      """;

  static final String BACKLOG =
      """
      select (select count(*)
                from (select 1
                        from {t}jobs force index (line)
                       where state = 0
                         and queue = ?
                       limit ?) ready)
             + (select count(*)
                  from (select 1
                          from {t}jobs force index (line)
                         where state = 1
                           and queue = ?
                           and place <= {now}
                         limit ?) due)
      """;

  private final Database database;
  private final Queues queues;

  Counting(Database database, Queues queues) {
    this.database = database;
    this.queues = queues;
  }

  List<QueueStatus> queues() {
    List<NodeStatus> nodes = database.read(Sessions::living);
    Map<String, Tally> tallies = new LinkedHashMap<>();
    database.read(tx -> {
      tallies.clear();
      tx.each(
          COUNTS,
          row -> {
            tallies.computeIfAbsent(row.getString(1), name -> new Tally()).add(row);
            return true;
          });
      return true;
    });
    List<QueueStatus> statuses = new ArrayList<>();
    tallies.forEach((name, tally) -> {
      int consumers = (int) nodes.stream().filter(node -> node.queues().contains(name)).count();
      statuses.add(tally.status(name, consumers));
    });
    return statuses;
  }

  int backlog(String queue, int atMost) {
    int number = queues.number(queue);
    Integer count =
        database.<@Nullable Integer>read(
            tx -> tx.first(BACKLOG, row -> row.getInt(1), number, atMost, number, atMost));
    return count == null ? 0 : Math.min(count, atMost);
  }

  /** One queue's rows, one for each state. */
  private static final class Tally {
    private final long[] jobs = new long[Codes.CANCELLED + 1];
    private boolean paused;
    private long succeeded;
    private long forgotten;
    private long due;
    private long oldest = Long.MAX_VALUE;
    private long now;

    void add(ResultSet row) throws SQLException {
      paused = row.getInt(2) != 0;
      succeeded = row.getLong(3);
      forgotten = row.getLong(4);
      now = row.getLong(9);
      int state = row.getInt(5);
      if (row.wasNull()) {
        return;
      }
      jobs[state] = row.getLong(6);
      if (state == Codes.SCHEDULED) {
        due = row.getLong(7);
      }
      if (state == Codes.READY || state == Codes.SCHEDULED) {
        oldest = Math.min(oldest, row.getLong(8));
      }
    }

    QueueStatus status(String name, int consumers) {
      return new QueueStatus(
          name,
          paused,
          consumers,
          jobs[Codes.READY] + due,
          jobs[Codes.SCHEDULED] - due,
          jobs[Codes.RUNNING],
          succeeded,
          jobs[Codes.FAILED],
          jobs[Codes.CANCELLED],
          forgotten,
          oldest > now ? null : now - oldest);
    }
  }
}
