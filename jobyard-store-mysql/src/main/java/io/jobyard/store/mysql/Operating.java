package io.jobyard.store.mysql;

import io.jobyard.JobState;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Heads;
import io.jobyard.store.jdbc.JobRows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
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
  private static final Set<JobState> FORGOTTEN = EnumSet.complementOf(EnumSet.of(JobState.RUNNING));

  private static final String STATES =
      """
      select seq, id, state
        from {t}jobs
       where id in ({in})
         for update
      """;

  private static final String REQUEST = "update {t}jobs set cancel = 1 where seq in ({in})";

  private static final String CANCEL =
      """
      update {t}jobs
         set state = 5,
             place = 0,
             finished_at = {now}
       where seq in ({in})
      """;

  private static final String FOUND =
      """
      select seq, state, queue, (select convert(name using utf8mb4) from {t}queues where number = queue)
        from {t}jobs
       where {which}
       order by seq
       limit ?
         for update
      """;

  /** Comes back with its number, its fence and its history. */
  private static final String REVIVE =
      """
      update {t}jobs force index (primary)
         set state = 0,
             place = priority,
             run_at = {now},
             finished_at = 0,
             failed = 0,
             crashed = 0,
             lost = 0,
             handler_crashes = 0,
             phase = 0,
             cancel = 0,
             result = null
       where seq in ({in})
      """;

  private static final String DELETE =
      """
      delete j
        from {t}jobs j force index (primary)
       where j.seq in ({in})
      """;

  private static final String PAUSE = "update {t}queues set paused = ? where number = ?";

  static final String OVER =
      """
      select j.seq
        from {t}queues q
        join {t}jobs j force index (line)
          on j.state = 3
         and j.queue = q.number
         and j.place <= {now}
       limit ?
      """;

  private final Database database;
  private final Bell bell;
  private final Queues queues;
  private final Counters counters;
  private final Heads heads;

  Operating(Database database, Bell bell, Queues queues, Counters counters, Heads heads) {
    this.database = database;
    this.bell = bell;
    this.queues = queues;
    this.counters = counters;
    this.heads = heads;
  }

  Map<UUID, CancelAnswer> cancel(Collection<UUID> ids) {
    Map<UUID, CancelAnswer> answers = new HashMap<>();
    ids.forEach(id -> answers.put(id, CancelAnswer.UNKNOWN));
    if (ids.isEmpty()) {
      return answers;
    }
    // In order, so that two who cancel the same jobs do not wait for each other.
    Object[] bytes = answers.keySet().stream().sorted().map(Codes::bytes).toArray();
    Set<Wake> wakes = database.writeAgain(tx -> cancel(tx, bytes, answers));
    bell.ring(wakes);
    return answers;
  }

  int retry(JobFilter filter, int limit) {
    Filter which = new Filter(filter, RETRIED);
    if (!which.possible()) {
      return 0;
    }
    Set<Wake> wakes = new LinkedHashSet<>();
    Set<Integer> revived = new HashSet<>();
    int count =
        database.write(tx -> {
          wakes.clear();
          revived.clear();
          List<Found> jobs = found(tx, which, limit);
          change(tx, REVIVE, jobs);
          jobs.forEach(job -> {
            wakes.add(new Wake.Ready(job.queue));
            revived.add(job.number);
          });
          return jobs.size();
        });
    revived.forEach(queue -> heads.of(queue).callBack());
    bell.ring(wakes);
    return count;
  }

  int forget(JobFilter filter, int limit) {
    Filter which = new Filter(filter, FORGOTTEN);
    if (!which.possible()) {
      return 0;
    }
    int count =
        database.write(tx -> {
          List<Found> jobs = found(tx, which, limit);
          change(tx, DELETE, jobs);
          Map<Integer, Counters.Change> counts = new HashMap<>();
          for (Found job : jobs) {
            // A job is in one count only: one that had succeeded is taken off that count.
            int succeeded = job.state == Codes.SUCCEEDED ? -1 : 0;
            counts.merge(job.number, new Counters.Change(succeeded, 1), Counters.Change::plus);
          }
          counters.add(tx, counts);
          return jobs.size();
        });
    bell.ring(Set.of(new Wake.Finished()));
    return count;
  }

  void pause(String queue, boolean paused) {
    int number = queues.number(queue);
    database.once(PAUSE, paused ? 1 : 0, number);
    if (!paused) {
      bell.ring(Set.of(new Wake.Ready(queue)));
    }
  }

  int purge(int limit) {
    List<Long> over = database.read(tx -> tx.list(OVER, row -> row.getLong(1), limit));
    if (over.isEmpty()) {
      return 0;
    }
    return database.write(
        tx -> tx.update(DELETE.replace("{in}", Tx.numbers(over)) + " and j.state = 3"));
  }

  private static Set<Wake> cancel(Tx tx, Object[] ids, Map<UUID, CancelAnswer> answers)
      throws SQLException {
    Set<Wake> wakes = new HashSet<>();
    List<Long> running = new ArrayList<>();
    List<Long> waiting = new ArrayList<>();
    tx.each(
        STATES.replace("{in}", Tx.marks(ids.length)),
        row -> {
          CancelAnswer answer =
              switch (Codes.state(row.getInt(3))) {
                case READY, SCHEDULED -> CancelAnswer.CANCELLED;
                case RUNNING -> CancelAnswer.REQUESTED;
                case SUCCEEDED, FAILED, CANCELLED -> CancelAnswer.FINISHED;
              };
          answers.put(JobRows.id(row, 2), answer);
          if (answer == CancelAnswer.CANCELLED) {
            waiting.add(row.getLong(1));
          } else if (answer == CancelAnswer.REQUESTED) {
            running.add(row.getLong(1));
          }
          return true;
        },
        ids);
    if (!running.isEmpty()) {
      tx.update(REQUEST.replace("{in}", Tx.numbers(running)));
      wakes.add(new Wake.Cancel());
    }
    if (!waiting.isEmpty()) {
      tx.update(CANCEL.replace("{in}", Tx.numbers(waiting)));
      wakes.add(new Wake.Finished());
    }
    return wakes;
  }

  private static List<Found> found(Tx tx, Filter which, int limit) throws SQLException {
    return tx.list(
        FOUND.replace("{which}", which.sql()),
        row -> new Found(row.getLong(1), row.getInt(2), row.getInt(3), row.getString(4)),
        which.parameters(limit));
  }

  private static void change(Tx tx, String sql, List<Found> jobs) throws SQLException {
    if (!jobs.isEmpty()) {
      tx.update(sql.replace("{in}", Tx.numbers(jobs.stream().map(Found::seq).toList())));
    }
  }

  private record Found(long seq, int state, int number, String queue) {}
}
