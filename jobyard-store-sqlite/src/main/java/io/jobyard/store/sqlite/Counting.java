package io.jobyard.store.sqlite;

import io.jobyard.store.NodeStatus;
import io.jobyard.store.QueueStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts the queues' jobs, all at one moment, so that every job is in one count. */
final class Counting {
  /**
   * Each of these is answered by an index alone. A SCHEDULED job whose time has come counts as
   * READY, though no lease has seen it yet.
   */
  static final String COUNTS =
      """
      select q.name,
             q.paused,
             (select count(*) from jobyard_jobs where queue = q.number and state = 0),
             (select count(*) from jobyard_jobs where queue = q.number and state = 1),
             (select count(*)
                from jobyard_jobs
               where queue = q.number
                 and state = 1
                 and run_at <= ?1),
             (select count(*) from jobyard_jobs where queue = q.number and state = 2),
             (select coalesce(sum(succeeded), 0) from jobyard_counters where queue = q.number),
             (select count(*) from jobyard_finished where queue = q.number and state = 4),
             (select count(*) from jobyard_finished where queue = q.number and state = 5),
             (select coalesce(sum(forgotten), 0) from jobyard_counters where queue = q.number),
             (select min(run_at) from jobyard_jobs where queue = q.number and state = 0),
             (select min(run_at) from jobyard_jobs where queue = q.number and state = 1)
        from jobyard_queues q
       order by q.name
      """;

  /** Looks at no more jobs than asked for. */
  static final String BACKLOG =
      """
      select (select count(*)
                from (select 1 from jobyard_jobs where queue = ?1 and state = 0 limit ?2))
             + (select count(*)
                  from (select 1
                          from jobyard_jobs
                         where queue = ?1
                           and state = 1
                           and run_at <= ?3
                         limit ?2))
      """;

  private final Reader counter;
  private final Reader reader;
  private final Sessions sessions;
  private final InstantSource clock;

  /**
   * @param counter for what takes as long as there are jobs
   * @param reader for what is answered at once
   */
  Counting(Reader counter, Reader reader, Sessions sessions, InstantSource clock) {
    this.counter = counter;
    this.reader = reader;
    this.sessions = sessions;
    this.clock = clock;
  }

  List<QueueStatus> queues() {
    return counter.snapshot(db -> {
      List<NodeStatus> nodes = sessions.living(db);
      long now = clock.millis();
      return db.list(COUNTS, row -> status(row, nodes, now), now);
    });
  }

  int backlog(int queue, int atMost) {
    Integer ready =
        reader.read(db -> db.first(BACKLOG, row -> row.getInt(1), queue, atMost, clock.millis()));
    return Math.min(atMost, ready == null ? 0 : ready);
  }

  private static QueueStatus status(ResultSet row, List<NodeStatus> nodes, long now)
      throws SQLException {
    String name = row.getString(1);
    long due = row.getLong(5);
    return new QueueStatus(
        name,
        row.getInt(2) != 0,
        (int) nodes.stream().filter(node -> node.queues().contains(name)).count(),
        row.getLong(3) + due,
        row.getLong(4) - due,
        row.getLong(6),
        row.getLong(7),
        row.getLong(8),
        row.getLong(9),
        row.getLong(10),
        oldest(row, now));
  }

  private static @Nullable Long oldest(ResultSet row, long now) throws SQLException {
    long since = now + 1;
    for (int column = 11; column <= 12; column++) {
      long runAt = row.getLong(column);
      since = row.wasNull() ? since : Math.min(since, runAt);
    }
    return since > now ? null : now - since;
  }
}
