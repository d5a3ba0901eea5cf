package io.jobyard.store.sqlite;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The connection that only reads; it never waits for who writes. For one thread at a time. */
final class Reader implements AutoCloseable {
  private final ReentrantLock turn = new ReentrantLock(true);
  private final SqliteFile file;
  private final Db db;
  private final SqliteErrors errors;
  private boolean closed;

  Reader(SqliteFile file, Db db, SqliteErrors errors) {
    this.file = file;
    this.db = db;
    this.errors = errors;
  }

  /** Reads; every statement sees the database as it is then. */
  <T extends @Nullable Object> T read(Work<T> work) {
    turn.lock();
    try {
      if (closed) {
        throw new StoreUnavailable(file + ": this store was closed; open it again");
      }
      return work.on(db);
    } catch (SQLException e) {
      throw errors.translate(e);
    } finally {
      turn.unlock();
    }
  }

  /** Reads; all statements see the database at one moment. Keep it short: it holds up the WAL. */
  <T extends @Nullable Object> T snapshot(Work<T> work) {
    return read(connection -> {
      connection.update("begin");
      try {
        return work.on(connection);
      } finally {
        connection.update("commit");
      }
    });
  }

  @Override
  public void close() throws SQLException {
    turn.lock();
    try {
      closed = true;
      db.close();
    } finally {
      turn.unlock();
    }
  }
}
