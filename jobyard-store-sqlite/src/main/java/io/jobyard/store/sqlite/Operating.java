package io.jobyard.store.sqlite;

import io.jobyard.JobState;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.Limits;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What people do to jobs: cancel, retry, forget, pause; and what time does to kept ones. All but
 * the last is on disk before it is acknowledged. Safe for any thread.
 */
final class Operating {
  private static final Set<JobState> RETRIED = EnumSet.of(JobState.FAILED, JobState.CANCELLED);
  private static final Set<JobState> WAITING = EnumSet.of(JobState.READY, JobState.SCHEDULED);

  private static final String STATE =
      """
      select seq, state
        from jobyard_jobs
       where id = ?
      """;

  private static final String ENDED = "select 1 from jobyard_finished where id = ?";

  private static final String REQUEST = "update jobyard_jobs set cancel = 1 where seq = ?";

  /** Comes back with its number, its fence and its history. */
  private static final String REVIVE =
      """
      insert into jobyard_jobs
             (seq, id, queue, state, priority, slot, fence, run_at, pushed_at, started_at, task, kind,
              codec, codec_version, settings, external_id, unique_key, partition_key, parent_id,
              meta, errors, log, payload)
      select seq, id, queue, 0, priority, slot, fence, ?2, pushed_at, started_at, task, kind,
             codec, codec_version, settings, external_id, unique_key, partition_key, parent_id,
             meta, errors, log, payload
        from jobyard_finished
       where seq = ?1
      """;

  private static final String DELETE_ENDED = "delete from jobyard_finished where seq = ?";
  private static final String DELETE_LIVE = "delete from jobyard_jobs where seq = ?";

  private static final String PAUSE = "update jobyard_queues set paused = ? where number = ?";

  static final String PURGE =
      """
      delete from jobyard_finished
       where seq in (select seq
                       from jobyard_finished
                      where expires_at is not null
                        and expires_at <= ?
                      order by expires_at
                      limit ?)
      """;

  private final Writer writer;
  private final WalFlush flush;
  private final WakeBell bell;
  private final Queues queues;
  private final Endings endings;
  private final Adoption adoption;
  private final Sessions sessions;
  private final InstantSource clock;

  Operating(
      Writer writer,
      WalFlush flush,
      WakeBell bell,
      Queues queues,
      Endings endings,
      Adoption adoption,
      Sessions sessions,
      InstantSource clock) {
    this.writer = writer;
    this.flush = flush;
    this.bell = bell;
    this.queues = queues;
    this.endings = endings;
    this.adoption = adoption;
    this.sessions = sessions;
    this.clock = clock;
  }

  Map<UUID, CancelAnswer> cancel(Collection<UUID> ids) {
    return durably((db, wakes) -> {
      Map<UUID, CancelAnswer> answers = new HashMap<>();
      for (UUID id : ids) {
        CancelAnswer answer = cancel(db, id);
        if (answer == CancelAnswer.REQUESTED) {
          wakes.add(new Wake.Cancel());
        } else if (answer == CancelAnswer.CANCELLED) {
          wakes.add(new Wake.Finished());
        }
        answers.put(id, answer);
      }
      return answers;
    });
  }

  int retry(JobFilter filter, int limit) {
    Filter which = new Filter(filter, RETRIED, clock.millis());
    if (!which.possible()) {
      return 0;
    }
    return durably((db, wakes) -> {
      List<Found> jobs = found(db, "jobyard_finished", which, limit);
      for (Found job : jobs) {
        db.update(REVIVE, job.seq, clock.millis());
        db.update(DELETE_ENDED, job.seq);
        wakes.add(new Wake.Ready(job.queue));
      }
      return jobs.size();
    });
  }

  int forget(JobFilter filter, int limit) {
    Filter waiting = new Filter(filter, WAITING, clock.millis());
    Filter ended = new Filter(filter, Lookup.ENDED, clock.millis());
    return durably((db, wakes) -> {
      List<Found> live = waiting.possible() ? found(db, "jobyard_jobs", waiting, limit) : List.of();
      for (Found job : live) {
        db.update(DELETE_LIVE, job.seq);
      }
      int left = limit - live.size();
      List<Found> kept =
          ended.possible() && left > 0 ? found(db, "jobyard_finished", ended, left) : List.of();
      for (Found job : kept) {
        db.update(DELETE_ENDED, job.seq);
      }
      List<Found> all = new ArrayList<>(live);
      all.addAll(kept);
      countForgotten(db, all);
      wakes.add(new Wake.Finished());
      return all.size();
    });
  }

  int adopt(List<JobView> jobs) {
    Limits.checkAdoption(jobs);
    jobs.forEach(job -> queues.number(job.queue()));
    return durably((db, wakes) -> {
      jobs.forEach(job -> wakes.add(new Wake.Ready(job.queue())));
      return adoption.adopt(db, jobs, clock.millis());
    });
  }

  void pause(String queue, boolean paused) {
    int number = queues.number(queue);
    durably((db, wakes) -> {
      if (!paused) {
        wakes.add(new Wake.Ready(queue));
      }
      return db.update(PAUSE, paused ? 1 : 0, number);
    });
  }

  int purge(int limit) {
    return writer.write(db -> db.update(PURGE, clock.millis(), limit));
  }

  private CancelAnswer cancel(Db db, UUID id) throws SQLException {
    byte[] bytes = Codes.bytes(id);
    long[] job = db.first(STATE, row -> new long[] {row.getLong(1), row.getLong(2)}, bytes);
    if (job == null) {
      return db.first(ENDED, row -> true, bytes) == null
          ? CancelAnswer.UNKNOWN
          : CancelAnswer.FINISHED;
    }
    if (job[1] == Codes.RUNNING) {
      db.update(REQUEST, job[0]);
      return CancelAnswer.REQUESTED;
    }
    endings.move(db, job[0], Endings.Ending.cancelled(clock.millis()));
    return CancelAnswer.CANCELLED;
  }

  private static List<Found> found(Db db, String table, Filter which, int limit)
      throws SQLException {
    String sql =
        "select seq, state, queue, (select name from jobyard_queues where number = queue)\n  from "
            + table
            + "\n where "
            + which.sql()
            + "\n order by seq\n limit ?";
    return db.list(
        sql,
        row -> new Found(row.getLong(1), row.getInt(2), row.getInt(3), row.getString(4)),
        which.parameters(List.of(), limit));
  }

  /** A job is in one count only: one that had succeeded is taken off that count. */
  private void countForgotten(Db db, List<Found> jobs) throws SQLException {
    Map<Integer, List<Found>> byQueue = jobs.stream().collect(Collectors.groupingBy(Found::number));
    for (Map.Entry<Integer, List<Found>> queue : byQueue.entrySet()) {
      List<Found> gone = queue.getValue();
      long succeeded = gone.stream().filter(job -> job.state == Codes.SUCCEEDED).count();
      endings.count(db, queue.getKey(), sessions.node(), -succeeded, gone.size());
    }
  }

  private <T> T durably(Step<T> step) {
    try (WalFlush.Pass pass = flush.announce()) {
      Set<Wake> wakes = new HashSet<>();
      List<Integer> ports = new ArrayList<>();
      T result =
          writer.write(db -> {
            T done = step.carryOut(db, wakes);
            ports.addAll(bell.ports(db));
            return done;
          });
      bell.ring(ports, wakes);
      pass.flush();
      return result;
    }
  }

  /** One transaction's work, and whom to wake after it. */
  private interface Step<T> {
    T carryOut(Db db, Set<Wake> wakes) throws SQLException;
  }

  private record Found(long seq, int state, int number, String queue) {}
}
