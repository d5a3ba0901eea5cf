package io.jobyard.store.postgresql;

import io.jobyard.StaleLease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Pushes: one statement a list, on disk before it is acknowledged, and nodes told of it before
 * that. Threads that push at the same time use connections of their own, and the server flushes
 * once for all of them. Safe for any thread.
 */
final class Producing {
  private final Pool pool;
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
    Deadline deadline = pool.pushEnds();
    prepare(jobs, deadline);
    return pool.push(
        deadline,
        db -> {
          List<UUID> ids = inserts.insertSoon(db, jobs);
          first(jobs).forEach(bell::pushed);
          Inserts.flush(db);
          return ids;
        });
  }

  List<UUID> push(List<NewJob> jobs, LeaseKey parent) {
    Deadline deadline = pool.pushEnds();
    prepare(jobs, deadline);
    List<UUID> ids =
        pool.push(
            deadline,
            db -> {
              List<UUID> stored = inserts.insertSoon(db, jobs, parent);
              if (stored != null) {
                first(jobs).forEach(bell::pushed);
                Inserts.flush(db);
              }
              return stored;
            });
    if (ids == null) {
      throw new StaleLease(
          "job "
              + parent.id()
              + " has lost its lease (fence "
              + parent.fence()
              + "); nothing was pushed");
    }
    return ids;
  }

  /** The notification goes with the caller's transaction: only the server knows when it commits. */
  List<UUID> push(List<NewJob> jobs, Connection transaction) {
    if (jobs.isEmpty()) {
      return List.of();
    }
    prepare(jobs, pool.pushEnds());
    Db db = new Db(transaction);
    try {
      try {
        List<UUID> ids = inserts.insertInTransaction(db, jobs, identity);
        if (ids == null) {
          throw errors.elsewhere();
        }
        for (Map.Entry<String, Integer> queue : first(jobs).entrySet()) {
          Wake wake = new Wake.Ready(queue.getKey(), queue.getValue());
          channel.sendWith(db, Bell.textForAll(wake));
        }
        return ids;
      } finally {
        db.release();
      }
    } catch (SQLException e) {
      throw errors.inTransaction(e);
    }
  }

  private void prepare(List<NewJob> jobs, Deadline deadline) {
    Limits.check(jobs);
    // Before the server is asked: its refusal would end a transaction of the caller's.
    jobs.forEach(this::checkText);
    jobs.forEach(job -> queues.number(job.queue(), deadline));
  }

  private void checkText(NewJob job) {
    Stream.of(
            job.kind(),
            job.queue(),
            job.externalId(),
            job.uniqueKey(),
            job.partitionKey(),
            job.meta(),
            job.payload().codec())
        .filter(text -> text != null && text.indexOf('\0') >= 0)
        .findFirst()
        .ifPresent(text -> {
          throw errors.nul("in '" + text.replace('\0', '?') + "'");
        });
  }

  /** The queues of a list, each with the priority that comes first. */
  private static Map<String, Integer> first(List<NewJob> jobs) {
    Map<String, Integer> first = new HashMap<>();
    jobs.forEach(job -> first.merge(job.queue(), job.priority(), Math::min));
    return first;
  }
}
