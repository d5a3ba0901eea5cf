package io.jobyard.store.postgresql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.jobyard.JobyardException;
import io.jobyard.StoreUnavailable;
import io.jobyard.store.jdbc.Borrower;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.Deadline;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * The store's connections. Eight at most unless told otherwise, one when idle: a node's leases,
 * settlements and beats use two or three at a time, and pushes, which wait for the disk, no more
 * than the rest, so that a flood of pushes never holds up a lease. More would not be faster: the
 * server writes one log, and pushes that wait together share its flush.
 *
 * <p>Every call is one transaction, most of them one statement and one round trip. Safe for any
 * thread. Closing it twice is harmless.
 */
final class Pool implements AutoCloseable {
  /** Left for leases, settlements and beats whatever is pushed. */
  private static final int RESERVED = 2;

  private static final int TRIES = 20;

  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);

  /** Longer than any statement of ours; a connection that is silent for so long is dead. */
  private static final int SILENT_SECONDS = 30;

  /**
   * Our tables are empty at one moment and huge at the next: a plan made for an empty one, which
   * reads it or an index from end to end, must not be kept. So every statement goes from few rows
   * to others along an index, and is planned once.
   */
  static final String OURS =
      """
      set enable_seqscan = off;
      set enable_bitmapscan = off;
      set enable_hashjoin = off;
      set enable_mergejoin = off;
      set plan_cache_mode = force_generic_plan;
      set jit = off;
      set session characteristics as transaction isolation level read committed
      """;

  private static final Duration IDLE = Duration.ofMinutes(2);

  private final PostgresUrl url;
  private final PostgresErrors errors;
  private final Duration pushTimeout;
  private final Runnable lost;
  private final HikariDataSource connections;
  private final Borrower borrower;
  private final Semaphore pushes;

  /**
   * Opens no connection yet.
   *
   * @param plain whether a pooler is between us and the server, so that nothing may be kept on a
   *     connection: no settings, no prepared statements
   * @param lost told that a connection was, or that the server takes none
   */
  Pool(PostgresUrl url, PostgresErrors errors, Duration pushTimeout, boolean plain, Runnable lost) {
    this.url = url;
    this.errors = errors;
    this.pushTimeout = pushTimeout;
    this.lost = lost;
    this.pushes = new Semaphore(Math.max(1, url.pool() - RESERVED), true);
    HikariConfig config = new HikariConfig();
    config.setPoolName("jobyard-" + Integer.toHexString(System.identityHashCode(this)));
    config.setJdbcUrl(url.jdbc());
    config.setDataSourceProperties(url.driver(defaults(plain)));
    config.setMaximumPoolSize(url.pool());
    config.setMinimumIdle(1);
    config.setIdleTimeout(IDLE.toMillis());
    config.setConnectionTimeout(Math.max(250, pushTimeout.toMillis()));
    // A last one may be tried when the time is nearly up.
    config.setValidationTimeout(Math.clamp(pushTimeout.toMillis() / 4, 250, 2_000));
    config.setInitializationFailTimeout(-1);
    if (!plain) {
      config.setConnectionInitSql(OURS);
    }
    this.connections = new HikariDataSource(config);
    this.borrower = new Borrower(connections, pushTimeout);
  }

  /** Does the work in auto-commit: each statement is a transaction of its own. */
  <T extends @Nullable Object> T run(Work<T> work) {
    return guarded(db -> again(db, work), false, null);
  }

  /** The same for what may be done twice: also when the connection turns out to be dead. */
  <T extends @Nullable Object> T repeat(Work<T> work) {
    return guarded(db -> again(db, work), true, null);
  }

  /** Does the work in one transaction: all of it, or, if anything is thrown, none. */
  <T extends @Nullable Object> T transaction(Work<T> work) {
    return guarded(db -> again(db, d -> inTransaction(d, work)), false, null);
  }

  /** When a push that begins now must have ended, with all that it does. */
  Deadline pushEnds() {
    return Deadline.in(pushTimeout);
  }

  /** Does what may be done twice within the time of a push, and not with all connections. */
  <T extends @Nullable Object> T push(Deadline deadline, Work<T> work) {
    acquire(deadline);
    try {
      return guarded(db -> again(db, work), true, deadline);
    } finally {
      pushes.release();
    }
  }

  /** Does what may be done twice, and what a push may have to wait for, within its time. */
  <T extends @Nullable Object> T soon(Deadline deadline, Work<T> work) {
    return guarded(db -> again(db, work), true, deadline);
  }

  /** A connection beside any pool, that keeps nothing on the server. */
  static Connection connect(PostgresUrl url) throws SQLException {
    return DriverManager.getConnection(url.jdbc(), url.driver(defaults(true)));
  }

  @Override
  public void close() {
    connections.close();
  }

  /** What the driver is told unless the user says otherwise. */
  static Map<String, String> defaults(boolean plain) {
    return Map.of(
        "ApplicationName",
        "jobyard",
        "tcpKeepAlive",
        "true",
        "connectTimeout",
        Long.toString(LONGEST_CONNECT.toSeconds()),
        "socketTimeout",
        Integer.toString(SILENT_SECONDS),
        // From the first use on, and with binary answers; or never, where a pooler hands us around.
        "prepareThreshold",
        plain ? "0" : "-1");
  }

  static <T extends @Nullable Object> T inTransaction(Db db, Work<T> work) throws SQLException {
    Connection connection = db.connection();
    connection.setAutoCommit(false);
    try {
      T result = work.on(db);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      try {
        connection.rollback();
      } catch (SQLException broken) {
        e.addSuppressed(broken);
      }
      throw e;
    } finally {
      if (!connection.isClosed()) {
        connection.setAutoCommit(true);
      }
    }
  }

  /** Whoever was in the way of a transaction may not be the next time. */
  private static <T extends @Nullable Object> T again(Db db, Work<T> work) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return work.on(db);
      } catch (SQLException e) {
        if (!PostgresErrors.inTheWay(e) || attempt == TRIES) {
          throw e;
        }
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(100_000, 1_000_000) * attempt);
      }
    }
  }

  /**
   * @param twice whether the work may be done again where the connection turns out to be dead
   * @param deadline of all statements together; null for none but the driver's for each
   */
  private <T extends @Nullable Object> T guarded(
      Work<T> work, boolean twice, @Nullable Deadline deadline) {
    try {
      return once(work, deadline);
    } catch (SQLException e) {
      // Who got no connection has waited for one as long as is allowed.
      boolean none = e instanceof SQLTransientConnectionException;
      if (PostgresErrors.broken(e)) {
        lost.run();
      }
      if (!twice || none || !PostgresErrors.broken(e)) {
        throw errors.translate(e);
      }
      // What broke one broke the others as a rule, and those just used are not looked at again.
      connections.getHikariPoolMXBean().softEvictConnections();
      if (deadline != null && deadline.over()) {
        throw errors.translate(e);
      }
      try {
        return once(work, deadline);
      } catch (SQLException still) {
        throw errors.translate(still);
      }
    }
  }

  private <T extends @Nullable Object> T once(Work<T> work, @Nullable Deadline deadline)
      throws SQLException {
    if (connections.isClosed()) {
      throw errors.closed();
    }
    try (Db db = connected(deadline)) {
      return work.on(db);
    } catch (PoolInitializationException e) {
      throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e);
    }
  }

  /** Each statement has what those before it left of the time. */
  private Db connected(@Nullable Deadline deadline) throws SQLException {
    return deadline == null
        ? new Db(connections.getConnection())
        : new Db(borrower.borrow(deadline), () -> deadline.timeout(SILENT_SECONDS * 1_000));
  }

  private void acquire(Deadline deadline) {
    try {
      if (!pushes.tryAcquire(deadline.millisLeft(), TimeUnit.MILLISECONDS)) {
        throw new StoreUnavailable(
            url + ": other pushes kept the store busy until the time was up; try again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobyardException(
          url + ": interrupted while waiting to push; nothing was stored", e);
    }
  }

  /** Whether whoever answers is not the server itself. */
  static boolean behindPooler(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      return row.getInt(1) != connection.unwrap(PGConnection.class).getBackendPID();
    }
  }
}
