package io.jobyard.store.sqlite;

import io.jobyard.JobyardException;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.jdbc.Db;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes that join a transaction of the caller's, on the caller's connection. Its commit is the
 * caller's own, and so is its way to the disk.
 *
 * <p>A savepoint makes the list one step within the transaction, and a transaction of its own in
 * auto-commit. The first statement writes, so that SQLite waits for the lock as the connection is
 * set up to, and never has to refuse a transaction that has read before. Safe for any thread; the
 * connection is its caller's to guard.
 */
final class Joining {
  private static final Logger LOG = LoggerFactory.getLogger(Joining.class);

  /** Not as a table, which would be read, and who has read does not wait for the write lock. */
  private static final String DATABASES = "pragma database_list";

  private final SqliteFile file;
  private final SqliteErrors errors;
  private final Queues queues;
  private final Inserts inserts;
  private final LateBell bell;
  private final InstantSource clock;

  Joining(
      SqliteFile file,
      SqliteErrors errors,
      Queues queues,
      Inserts inserts,
      LateBell bell,
      InstantSource clock) {
    this.file = file;
    this.errors = errors;
    this.queues = queues;
    this.inserts = inserts;
    this.bell = bell;
    this.clock = clock;
  }

  List<UUID> push(List<NewJob> jobs, Connection transaction) {
    if (jobs.isEmpty()) {
      return List.of();
    }
    Limits.check(jobs);
    Set<String> names = new LinkedHashSet<>();
    jobs.forEach(job -> names.add(job.queue()));
    Db db = new Db(transaction);
    try {
      List<UUID> ids;
      try {
        requireThisFile(db);
        ids = inOneStep(db, jobs, names);
      } finally {
        db.release();
      }
      bell.ringWhenFree(names);
      return ids;
    } catch (SQLException e) {
      throw errors.translate(e);
    }
  }

  private List<UUID> inOneStep(Db db, List<NewJob> jobs, Set<String> names) throws SQLException {
    db.update("savepoint jobyard_push");
    try {
      Map<String, Integer> numbers = new HashMap<>();
      for (String name : names) {
        numbers.put(name, queues.number(db, name));
      }
      List<UUID> ids = inserts.insert(db, jobs, clock.millis(), numbers::get);
      db.update("release jobyard_push");
      return ids;
    } catch (SQLException | RuntimeException e) {
      takeBack(db);
      throw e;
    }
  }

  private void takeBack(Db db) {
    try {
      db.update("rollback to jobyard_push");
      db.update("release jobyard_push");
    } catch (SQLException e) {
      // After some errors, such as a full disk, SQLite has rolled back all of the transaction.
      LOG.debug("{}: nothing to roll back: {}", file, e.getMessage());
    }
  }

  private void requireThisFile(Db db) throws SQLException {
    String product = db.connection().getMetaData().getDatabaseProductName();
    if (!product.equals("SQLite")) {
      throw stranger("to " + product);
    }
    String main = main(db);
    if (main.isEmpty()) {
      throw stranger("to a database in memory");
    }
    if (!real(Path.of(main)).equals(real(file.path()))) {
      throw stranger("to the file " + main);
    }
  }

  /** The file of the connection's own database, not of one that was attached; empty for none. */
  private static String main(Db db) throws SQLException {
    StringBuilder main = new StringBuilder();
    db.each(
        DATABASES,
        row -> {
          boolean own = row.getString(2).equals("main");
          if (own && row.getString(3) != null) {
            main.append(row.getString(3));
          }
          return !own;
        });
    return main.toString();
  }

  private JobyardException stranger(String what) {
    return new JobyardException(
        file
            + ": the connection is "
            + what
            + ", not to this store's file; nothing was pushed: give one that was opened on "
            + file.path());
  }

  /** Two names of one file are one file; where that cannot be told, the name has to do. */
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }
}
