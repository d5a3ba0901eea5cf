package io.jobyard.store.mysql;

import io.jobyard.JobyardException;
import io.jobyard.StaleLease;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Deadline;
import io.jobyard.store.jdbc.Heads;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Pushes. Safe for any thread; the server gathers the commits of those that push at once. */
final class Producing {
  /** Locked, so that the lease cannot end before its child is there. */
  private static final String HOLDS =
      """
      select 1
        from {t}jobs
       where seq = ?
         and fence = ?
         and token = ?
         and id = ?
         and state = 2
         and session in (select number from {t}sessions)
      lock in share mode
      """;

  private final Database database;
  private final Bell bell;
  private final Queues queues;
  private final Inserts inserts;
  private final Adoption adoption;
  private final Heads heads;
  private @Nullable String identity;

  Producing(Database database, Bell bell, Queues queues, Inserts inserts, Heads heads) {
    this.database = database;
    this.bell = bell;
    this.queues = queues;
    this.inserts = inserts;
    this.adoption = new Adoption(queues);
    this.heads = heads;
  }

  List<UUID> push(List<NewJob> jobs, @Nullable LeaseKey parent) {
    if (jobs.isEmpty() && parent == null) {
      return List.of();
    }
    Limits.check(jobs);
    Deadline deadline = database.pushEnds();
    queues.enterOf(jobs, deadline);
    List<UUID> ids =
        database.push(
            deadline,
            tx -> {
              if (parent != null) {
                requireHeld(tx, parent);
              }
              return inserts.insert(tx, jobs, tx.now());
            });
    pushed(jobs);
    return ids;
  }

  /** Through a connection whose transaction is the caller's. */
  List<UUID> push(List<NewJob> jobs, Connection connection) {
    Limits.check(jobs);
    queues.enterOf(jobs);
    Tx tx = database.foreign(connection);
    requireOurs(tx);
    try {
      List<UUID> ids = inserts.insert(tx, jobs, tx.now());
      bell.ringWithin(tx, jobs);
      return ids;
    } catch (SQLException e) {
      throw database.errors().translate(e);
    }
  }

  int adopt(List<JobView> jobs) {
    Limits.checkAdoption(jobs);
    List<NewJob> news = jobs.stream().map(JobView::toNewJob).toList();
    queues.enterOf(news);
    int adopted = database.writeAgain(tx -> adoption.adopt(tx, jobs, tx.now()));
    pushed(news);
    return adopted;
  }

  private void pushed(List<NewJob> jobs) {
    jobs.forEach(job -> heads.of(queues.known(job.queue())).pushed(job.priority()));
    bell.ready(jobs);
  }

  private static void requireHeld(Tx tx, LeaseKey key) throws SQLException {
    Boolean held =
        tx.first(HOLDS, row -> true, key.seq(), key.fence(), key.token(), Codes.bytes(key.id()));
    if (held == null) {
      throw new StaleLease(
          "job "
              + key.id()
              + " has lost its lease (fence "
              + key.fence()
              + "); nothing was pushed");
    }
  }

  private void requireOurs(Tx tx) {
    String ours = identity();
    String theirs;
    try {
      theirs = tx.first(Schema.IDENTITY, row -> row.getString(1));
    } catch (SQLException e) {
      throw new JobyardException(
          "the connection given is not one of "
              + database.url()
              + " ("
              + e.getMessage()
              + "); open it on the same server and database",
          e);
    }
    if (!ours.equals(theirs)) {
      throw new JobyardException(
          "the connection given sees the Jobyard of another database than "
              + database.url()
              + "; open it on the same server and database");
    }
  }

  private synchronized String identity() {
    if (identity == null) {
      identity = database.read(tx -> tx.text(Schema.IDENTITY));
    }
    return identity;
  }
}
