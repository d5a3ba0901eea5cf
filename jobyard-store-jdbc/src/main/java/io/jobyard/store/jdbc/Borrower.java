package io.jobyard.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Borrows connections until a deadline. Left to itself, a pool waits for one as long as all of a
 * push may take, however late it is. Safe for any thread.
 */
public final class Borrower {
  /** Once so much of its time is gone, a push no longer waits for a connection as at its start. */
  private static final long LATE_MS = 250;

  private final DataSource pool;
  private final Duration patience;

  /**
   * @param patience how long the pool itself waits for a connection
   */
  public Borrower(DataSource pool, Duration patience) {
    this.pool = pool;
    this.patience = patience;
  }

  public Connection borrow(Deadline deadline) throws SQLException {
    if (deadline.millisLeft() > patience.toMillis() - LATE_MS) {
      return pool.getConnection();
    }
    CompletableFuture<Connection> promised = new CompletableFuture<>();
    Thread unusedThread = Thread.ofVirtual().start(() -> fetch(promised));
    try {
      return promised.orTimeout(deadline.timeout(Integer.MAX_VALUE), TimeUnit.MILLISECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof SQLException cause
          ? cause
          : new SQLTransientConnectionException("no connection was free in time", e.getCause());
    }
  }

  private void fetch(CompletableFuture<Connection> promised) {
    try {
      Connection fetched = pool.getConnection();
      if (!promised.complete(fetched)) {
        fetched.close();
      }
    } catch (SQLException | RuntimeException e) {
      promised.completeExceptionally(e);
    }
  }
}
