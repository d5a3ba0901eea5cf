package io.jobyard.store.sqlite;

import io.jobyard.JobyardException;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.jdbc.Db;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The way from a file's name to connections on a database whose tables are up to date. */
final class Opening {
  /** The writer sees the same pages again and again; more than these would not make it faster. */
  private static final int WRITER_CACHE_KIB = 16 * 1024;

  /**
   * To begin the log anew, it keeps the writers quiet: they must not wait for what another process
   * copies or reads, which can take as long as a push may.
   */
  private static final Duration COPIER_WAIT = Duration.ofMillis(100);

  private static final int READER_CACHE_KIB = 2 * 1024;
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final SqliteFile file;
  private final StoreOptions options;
  private final Connections connections;
  private final SqliteErrors errors;

  Opening(SqliteFile file, StoreOptions options) {
    this.file = file;
    this.options = options;
    this.connections = new Connections(file);
    this.errors = new SqliteErrors(file);
  }

  /** The connection that writes, the first of a store: creates and migrates where allowed. */
  Db writer() {
    file.check();
    return guarded(() -> {
      // SQLite waits for locks while the tables are looked at; after that the writer asks.
      Db db = connections.open(WRITER_CACHE_KIB, options.pushTimeout());
      try {
        useWal(db);
        Schema schema = new Schema(file);
        schema.requireEnv(db, options.env());
        if (options.migrate() && !schema.pending(db).isEmpty()) {
          migrate(db, schema);
        }
        schema.requireUpToDate(db);
        schema.admit(db, options);
        db.first("pragma busy_timeout = 0", row -> row.getInt(1));
        return db;
      } catch (SQLException | RuntimeException e) {
        db.close();
        throw e;
      }
    });
  }

  /** A connection that reads. */
  Db reader() {
    return guarded(() -> connections.open(READER_CACHE_KIB, options.pushTimeout()));
  }

  /** A connection that copies the log. */
  Db copier() {
    return guarded(() -> connections.open(READER_CACHE_KIB, COPIER_WAIT));
  }

  /** The numbers shared by all processes on the database. */
  SharedPage page() {
    try {
      return SharedPage.open(file.shared());
    } catch (IOException e) {
      throw new JobyardException(
          file
              + ": "
              + file.shared()
              + " cannot be written ("
              + e
              + "); check its rights and the disk's space",
          e);
    }
  }

  /** Brings the tables up to date, or says what would be done. */
  List<Script> migrate(boolean dryRun) {
    file.check();
    if (dryRun && !Files.exists(file.path())) {
      return Schema.all();
    }
    return guarded(() -> {
      try (Db db = connections.open(READER_CACHE_KIB, options.pushTimeout())) {
        Schema schema = new Schema(file);
        schema.requireEnv(db, options.env());
        if (dryRun) {
          return schema.pending(db);
        }
        useWal(db);
        List<Script> done = migrate(db, schema);
        schema.admit(db, options);
        return done;
      }
    });
  }

  private static List<Script> migrate(Db db, Schema schema) throws SQLException {
    db.update("begin immediate");
    try {
      List<Script> done = schema.migrate(db);
      db.update("commit");
      return done;
    } catch (SQLException | RuntimeException e) {
      db.update("rollback");
      throw e;
    }
  }

  /** Where several processes create the database at once, SQLite does not wait here by itself. */
  private void useWal(Db db) throws SQLException {
    long deadline = System.nanoTime() + options.pushTimeout().toNanos();
    while (true) {
      try {
        db.first("pragma journal_mode = wal", row -> row.getString(1));
        return;
      } catch (SQLException e) {
        if (!SqliteErrors.busy(e) || System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
      Uninterrupted.pause(PAUSE.toNanos());
    }
  }

  private <T> T guarded(Step<T> step) {
    try {
      return step.take();
    } catch (SQLException e) {
      throw errors.translate(e);
    }
  }

  private interface Step<T> {
    T take() throws SQLException;
  }
}
