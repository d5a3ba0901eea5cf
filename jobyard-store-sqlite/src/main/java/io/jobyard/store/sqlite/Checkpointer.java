package io.jobyard.store.sqlite;

import io.jobyard.JobyardException;
import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies what was written from the {@code -wal} file back into the database, on a thread and a
 * connection of its own, so that no push and no lease waits for it, and so that the file does not
 * grow without end.
 *
 * <p>A copy that runs beside writers never quite catches up with them, and only a log that was
 * copied to its end is begun anew. So the bulk is copied beside them, and where the log has become
 * long nevertheless, the writers wait for the small rest. Closing it twice is harmless.
 */
final class Checkpointer implements AutoCloseable {
  /** The {@code -wal} file keeps this size when it is begun anew: overwriting is cheaper. */
  static final long KEPT_WAL_BYTES = 64L * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);
  private static final long INTERVAL = Duration.ofMillis(100).toNanos();
  private static final int COPY_FROM_PAGES = 4_000;
  private static final int RESTART_FROM_PAGES = 12_000;

  private final SqliteFile file;
  private final Db db;
  private final Thread thread;
  private @Nullable Writer writer;
  private volatile boolean written;
  private volatile boolean closed;

  /** Takes over the connection. */
  Checkpointer(SqliteFile file, Db db) {
    this.file = file;
    this.db = db;
    this.thread = Thread.ofPlatform().daemon().name("jobyard-checkpoint").unstarted(this::run);
  }

  /**
   * Begins.
   *
   * @param whoWrites is kept quiet when the log has to begin anew
   */
  void start(Writer whoWrites) {
    writer = whoWrites;
    thread.start();
  }

  /** Tells that something was committed. */
  void committed() {
    if (!written) {
      written = true;
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void close() throws SQLException {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    db.close();
  }

  private void run() {
    while (!closed) {
      if (written) {
        written = false;
        look();
        LockSupport.parkNanos(INTERVAL);
      } else {
        LockSupport.park();
      }
    }
  }

  private void look() {
    try {
      if (checkpoint("noop").waiting() < COPY_FROM_PAGES) {
        return;
      }
      Log log = checkpoint("passive");
      if (log.pages() >= RESTART_FROM_PAGES && writer != null) {
        writer.whileQuiet(this::restart);
      }
    } catch (SQLException | JobyardException e) {
      LOG.warn(
          "{}: the -wal file could not be copied back now, trying later: {}", file, e.toString());
    }
  }

  private void restart() {
    try {
      checkpoint("restart");
    } catch (SQLException e) {
      LOG.debug("{}: the -wal file could not be begun anew now: {}", file, e.getMessage());
    }
  }

  private Log checkpoint(String mode) throws SQLException {
    Log log =
        db.first(
            "pragma wal_checkpoint(" + mode + ")", row -> new Log(row.getInt(2), row.getInt(3)));
    return log == null ? new Log(0, 0) : log;
  }

  /** How long the log is, and how much of it was copied. */
  private record Log(int pages, int copied) {
    int waiting() {
      return pages - copied;
    }
  }
}
