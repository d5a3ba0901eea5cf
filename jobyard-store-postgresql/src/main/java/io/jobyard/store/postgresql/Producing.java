package io.jobyard.store.postgresql;

import io.jobyard.JobyardException;
import io.jobyard.StaleLease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.jdbc.Db;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Pushes: one statement a list, on disk before it is acknowledged. Threads that push at the same
 * time use connections of their own, and the server flushes once for all of them. Safe for any
 * thread.
 */
final class Producing {
  private final Pool pool;
  private final PostgresUrl url;
  private final PostgresErrors errors;
  private final UUID identity;
  private final Queues queues;
  private final Inserts inserts;
  private final Bell bell;
  private final Channel channel;

  Producing(
      Pool pool,
      PostgresUrl url,
      UUID identity,
      Queues queues,
      Inserts inserts,
      Bell bell,
      Channel channel) {
    this.pool = pool;
    this.url = url;
    this.errors = new PostgresErrors(url);
    this.identity = identity;
    this.queues = queues;
    this.inserts = inserts;
    this.bell = bell;
    this.channel = channel;
  }

  List<UUID> push(List<NewJob> jobs) {
    if (jobs.isEmpty()) {
      return List.of();
    }
    prepare(jobs);
    List<UUID> ids = pool.push(db -> inserts.insert(db, jobs));
    first(jobs).forEach(bell::pushed);
    return ids;
  }

  List<UUID> push(List<NewJob> jobs, LeaseKey parent) {
    prepare(jobs);
    List<UUID> ids = pool.push(db -> inserts.insert(db, jobs, parent));
    if (ids == null) {
      throw new StaleLease(
          "job "
              + parent.id()
              + " has lost its lease (fence "
              + parent.fence()
              + "); nothing was pushed");
    }
    first(jobs).forEach(bell::pushed);
    return ids;
  }

  /** The notification goes with the caller's transaction: only the server knows when it commits. */
  List<UUID> push(List<NewJob> jobs, Connection transaction) {
    if (jobs.isEmpty()) {
      return List.of();
    }
    prepare(jobs);
    Db db = new Db(transaction);
    try {
      try {
        List<UUID> ids = inserts.insertInTransaction(db, jobs, identity);
        if (ids == null) {
          throw new JobyardException(
              url
                  + ": the connection is one of another database (or schema); nothing was pushed:"
                  + " use one of this store's");
        }
        for (Map.Entry<String, Integer> queue : first(jobs).entrySet()) {
          channel.sendWith(db, bell.text(new Wake.Ready(queue.getKey(), queue.getValue())));
        }
        return ids;
      } finally {
        db.release();
      }
    } catch (SQLException e) {
      throw errors.translate(e);
    }
  }

  private void prepare(List<NewJob> jobs) {
    Limits.check(jobs);
    jobs.forEach(job -> queues.number(job.queue()));
  }

  /** The queues of a list, each with the priority that comes first. */
  private static Map<String, Integer> first(List<NewJob> jobs) {
    Map<String, Integer> first = new HashMap<>();
    jobs.forEach(job -> first.merge(job.queue(), job.priority(), Math::min));
    return first;
  }
}
