package io.jobyard.store.sqlite;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/**
 * The one connection of this store object that writes.
 *
 * <p>Threads of this process line up at a fair lock. Other processes are kept out by SQLite's own
 * lock, which has no line: whoever finds it taken says so in the {@link SharedPage}, so that others
 * step back, and asks again much sooner than SQLite's busy handler would: writes take a millisecond
 * or two.
 */
final class Writer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
  private static final long PAUSE = Duration.ofNanos(50_000).toNanos();
  private static final long STEP_BACK = Duration.ofNanos(200_000).toNanos();

  /** When whoever waits for so long asks less often: the lock is not held for a moment only. */
  private static final long PATIENT_AFTER = Duration.ofMillis(50).toNanos();

  private static final long PATIENT_PAUSE = Duration.ofMillis(2).toNanos();

  private final ReentrantLock turn = new ReentrantLock(true);
  private final SqliteFile file;
  private final Db db;
  private final SqliteErrors errors;
  private final SharedPage page;
  private final long patience;
  private final Runnable committed;
  private boolean closed;

  /**
   * Takes over the connection.
   *
   * @param patience how long to wait for the write lock
   * @param committed told after every commit that changed something, so that an idle node's looks
   *     for jobs wake nobody; must return at once
   */
  Writer(
      SqliteFile file,
      Db db,
      SqliteErrors errors,
      SharedPage page,
      Duration patience,
      Runnable committed) {
    this.file = file;
    this.db = db;
    this.errors = errors;
    this.page = page;
    this.patience = patience.toNanos();
    this.committed = committed;
  }

  /** Does the work in one transaction: all of it, or, if anything is thrown, none. */
  <T extends @Nullable Object> T write(Work<T> work) {
    long deadline = System.nanoTime() + patience;
    enter(deadline);
    try {
      begin(deadline);
      long before = changes();
      T result = work.on(db);
      db.update("commit");
      if (changes() != before) {
        committed.run();
      }
      return result;
    } catch (SQLException e) {
      rollback();
      throw errors.translate(e);
    } catch (RuntimeException | Error e) {
      rollback();
      throw e;
    } finally {
      turn.unlock();
    }
  }

  /** Does something while no other thread of this process writes; it may write itself. */
  void whileQuiet(Runnable action) {
    enter(System.nanoTime() + patience);
    try {
      action.run();
    } finally {
      turn.unlock();
    }
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

  private void enter(long deadline) {
    if (!Uninterrupted.lock(turn, deadline)) {
      throw new StoreUnavailable(
          file + ": other threads of this process kept writing until the time was up; try again");
    }
    if (closed) {
      turn.unlock();
      throw new StoreUnavailable(file + ": this store was closed; open it again");
    }
  }

  private void begin(long deadline) throws SQLException {
    if (page.wanted()) {
      Uninterrupted.pause(STEP_BACK);
    }
    long start = System.nanoTime();
    long stamp = 0;
    while (true) {
      try {
        db.update("begin immediate");
        page.served(stamp);
        return;
      } catch (SQLException e) {
        if (!SqliteErrors.busy(e) || System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
      stamp = page.want();
      Uninterrupted.pause(System.nanoTime() - start < PATIENT_AFTER ? PAUSE : PATIENT_PAUSE);
    }
  }

  /** How many rows this connection has changed so far. */
  private long changes() throws SQLException {
    return db.connection().unwrap(SQLiteConnection.class).getDatabase().total_changes();
  }

  private void rollback() {
    try {
      db.update("rollback");
    } catch (SQLException e) {
      // After some errors, such as a full disk, SQLite has rolled back already.
      LOG.debug("{}: nothing to roll back: {}", file, e.getMessage());
    }
  }
}
