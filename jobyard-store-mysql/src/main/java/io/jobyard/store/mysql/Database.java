package io.jobyard.store.mysql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jobyard.StoreUnavailable;
import io.jobyard.store.jdbc.Borrower;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.Deadline;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to one database. All are in auto-commit and READ COMMITTED; a transaction is
 * begun and ended by statements, which spares the switching back and forth. What collides with
 * others, and what a cut connection left undone, is repeated here until the time is up.
 *
 * <p>Safe for any thread. Closing it twice is harmless.
 */
final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  /** How long a statement that is no push may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * The strictest mode, whatever the server's: no cut values, quotes as in the manual. A node that
   * is frozen within a transaction must not keep its rows from the others until it goes on: MariaDB
   * ends such a transaction, MySQL cannot.
   */
  private static final String INIT =
      """
      set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',
                  session innodb_lock_wait_timeout = 3
                  /*M!100300 , session idle_transaction_timeout = 5 */
      """;

  private final MysqlUrl url;
  private final Sql sql;
  private final MysqlErrors errors;
  private final HikariDataSource pool;
  private final Borrower borrower;
  private final Duration pushTimeout;

  /**
   * Connects at need.
   *
   * @param now what says the moment; see {@link Sql}
   */
  Database(MysqlUrl url, Duration pushTimeout, String now) {
    this.url = url;
    this.sql = new Sql(url.names(), now);
    this.errors = new MysqlErrors(url);
    this.pushTimeout = pushTimeout;
    this.pool = new HikariDataSource(config(url, pushTimeout));
    this.borrower = new Borrower(pool, pushTimeout);
  }

  /** Does work that changes nothing; each statement sees one moment. */
  <T extends @Nullable Object> T read(Work<T> work) {
    return attempt(work, new Manner(false, true, false), Deadline.in(PATIENCE));
  }

  /** Does the work in one transaction: all of it, or, if anything is thrown, none. */
  <T extends @Nullable Object> T write(Work<T> work) {
    return attempt(work, new Manner(true, false, false), Deadline.in(PATIENCE));
  }

  /** As {@link #write}, for work that may be done twice with the effect of once. */
  <T extends @Nullable Object> T writeAgain(Work<T> work) {
    return attempt(work, new Manner(true, true, false), Deadline.in(PATIENCE));
  }

  /** When a push that begins now must have ended, with all that it does. */
  Deadline pushEnds() {
    return Deadline.in(pushTimeout);
  }

  /** As {@link #writeAgain}, within the time of a push. */
  <T extends @Nullable Object> T push(Deadline deadline, Work<T> work) {
    return attempt(work, new Manner(true, true, true), deadline);
  }

  /**
   * Statements that may be done twice, each by itself, within the time of a push that needs them.
   */
  <T extends @Nullable Object> T soon(Deadline deadline, Work<T> work) {
    return attempt(work, new Manner(false, true, true), deadline);
  }

  /** One statement that changes something, and that may be done twice. */
  int once(String sql, @Nullable Object... parameters) {
    return attempt(
        tx -> tx.update(sql, parameters), new Manner(false, true, false), Deadline.in(PATIENCE));
  }

  /** Does something with a connection of its own, outside of any transaction and never twice. */
  <T extends @Nullable Object> T alone(Work<T> work) {
    return attempt(work, new Manner(false, false, false), Deadline.in(Duration.ofMinutes(10)));
  }

  /** Work through a connection of somebody else's. */
  Tx foreign(Connection connection) {
    return new Tx(new Db(connection), sql);
  }

  MysqlErrors errors() {
    return errors;
  }

  MysqlUrl url() {
    return url;
  }

  @Override
  public void close() {
    pool.close();
  }

  private <T extends @Nullable Object> T attempt(Work<T> work, Manner manner, Deadline deadline) {
    for (int tries = 1; ; tries++) {
      Try state = new Try();
      try {
        return attempt(work, manner, state, deadline);
      } catch (SQLException e) {
        if (pool.isClosed()) {
          throw errors.unavailable("this store was closed; open it again", e);
        }
        boolean repeat =
            MysqlErrors.collision(e)
                || (state.connected
                    && MysqlErrors.cut(e)
                    && (!state.committing || manner.repeatable));
        if (!repeat || deadline.over()) {
          throw errors.translate(e);
        }
        LOG.debug("{}: try {} again: {}", url, tries, e.getMessage());
      }
      pause(tries);
    }
  }

  private <T extends @Nullable Object> T attempt(
      Work<T> work, Manner manner, Try state, Deadline deadline) throws SQLException {
    try (Connection connection =
        manner.punctual ? borrower.borrow(deadline) : pool.getConnection()) {
      state.connected = true;
      // Not closed: it would close the connection, which the pool must do.
      Tx tx = new Tx(db(connection, manner, deadline), sql);
      if (!manner.transaction) {
        state.committing = true;
        return work.on(tx);
      }
      tx.update("begin");
      T result;
      try {
        result = work.on(tx);
      } catch (SQLException | RuntimeException | Error e) {
        rollback(tx, e);
        throw e;
      }
      state.committing = true;
      tx.update("commit");
      return result;
    }
  }

  /** Other statements than a push's may take as long as what is left now, each of them. */
  private static Db db(Connection connection, Manner manner, Deadline deadline)
      throws SQLException {
    if (manner.punctual) {
      return new Db(connection, () -> deadline.timeout(Integer.MAX_VALUE));
    }
    connection.setNetworkTimeout(Runnable::run, deadline.timeout(Integer.MAX_VALUE));
    return new Db(connection);
  }

  private static void rollback(Tx tx, Throwable cause) {
    try {
      tx.update("rollback");
    } catch (SQLException e) {
      // The server rolls back what a lost connection left.
      cause.addSuppressed(e);
    }
  }

  private static void pause(int tries) {
    long most = Math.min(100_000_000L, 2_000_000L << Math.min(tries, 6));
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most / 2, most));
  }

  private static HikariConfig config(MysqlUrl url, Duration pushTimeout) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("jobyard-" + url.dialect().scheme());
    config.setDriverClassName(url.dialect().driver());
    config.setJdbcUrl(url.jdbc());
    config.setUsername(url.user());
    config.setPassword(url.password());
    url.dialect().driverDefaults().forEach(config::addDataSourceProperty);
    long millis = Math.max(250, pushTimeout.toMillis());
    config.addDataSourceProperty("connectTimeout", Long.toString(millis));
    url.parameters().forEach(config::addDataSourceProperty);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setConnectionInitSql(INIT.replaceAll("\\s+", " "));
    config.setMaximumPoolSize(url.pool());
    config.setMinimumIdle(1);
    config.setIdleTimeout(Duration.ofMinutes(1).toMillis());
    config.setConnectionTimeout(millis);
    config.setValidationTimeout(Math.min(millis, 2_000));
    config.setInitializationFailTimeout(-1);
    return config;
  }

  /**
   * How work is done.
   *
   * @param repeatable even if nobody knows whether it was committed
   * @param punctual whether all statements together must be answered by the deadline
   */
  private record Manner(boolean transaction, boolean repeatable, boolean punctual) {}

  /** How far one try came. */
  private static final class Try {
    boolean connected;
    boolean committing;
  }

  /** For those who must not be told of a server that is away. */
  boolean quietly(Runnable action) {
    try {
      action.run();
      return true;
    } catch (StoreUnavailable e) {
      LOG.debug("{}: {}", url, e.getMessage());
      return false;
    }
  }
}
