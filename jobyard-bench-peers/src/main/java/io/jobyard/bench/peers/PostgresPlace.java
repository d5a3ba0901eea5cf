package io.jobyard.bench.peers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A database of one peer's own on the server that all share, and what the server counts of it. */
final class PostgresPlace implements AutoCloseable {
  private static final long LOOK = Duration.ofMillis(1_100).toNanos();

  private final String server;
  private final String database;
  private final Connection admin;

  /**
   * Makes it anew.
   *
   * @param server a JDBC URL of the server, whose user may create databases
   */
  PostgresPlace(String server, String database) throws SQLException {
    this.server = server;
    this.database = database;
    this.admin = DriverManager.getConnection(server);
    try (Statement statement = admin.createStatement()) {
      statement.execute("drop database if exists " + database + " with (force)");
      statement.execute("create database " + database);
    }
  }

  /** The database's JDBC URL. */
  String jdbcUrl() {
    return server.replaceFirst("(//[^/]+/)[^?]*", "$1" + database);
  }

  /** As Jobyard and Node's driver write it. */
  String plainUrl() {
    String user = Pools.user(server);
    String password = Pools.password(server);
    String login = password.isEmpty() ? user : user + ":" + password;
    return Pools.plainUrl(jdbcUrl()).replace("jdbc:postgresql://", "postgresql://" + login + "@");
  }

  /** What the server counted so far: transactions of this database, bytes of WAL of all. */
  record Counted(long transactions, long walBytes) {
    Counted since(Counted before) {
      return new Counted(transactions - before.transactions, walBytes - before.walBytes);
    }
  }

  /** Reads the counters once they stand still: backends report theirs within a second. */
  Counted count() throws SQLException {
    Counted before = read();
    while (true) {
      LockSupport.parkNanos(LOOK);
      Counted now = read();
      // A peer that polls never stands still; a few are not worth the wait.
      if (now.transactions - before.transactions < 100) {
        return now;
      }
      before = now;
    }
  }

  private Counted read() throws SQLException {
    String sql =
        """
        select xact_commit + xact_rollback, pg_current_wal_insert_lsn() - '0/0'
        from pg_stat_database
        where datname = ?
        """;
    try (PreparedStatement statement = admin.prepareStatement(sql)) {
      statement.setString(1, database);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Counted(row.getLong(1), row.getLong(2));
      }
    }
  }

  /** A transaction that sees the database as it is now, until it is closed. */
  Connection openTransaction() throws SQLException {
    Connection connection = DriverManager.getConnection(jdbcUrl());
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("select pg_current_xact_id()");
    }
    return connection;
  }

  /** What the server is and how it is set. */
  static String describe(String server) throws SQLException {
    String sql =
        """
        select 'PostgreSQL ' || current_setting('server_version')
               || ', shared_buffers ' || current_setting('shared_buffers')
               || ', fsync ' || current_setting('fsync')
               || ', synchronous_commit ' || current_setting('synchronous_commit')
               || ', autovacuum ' || current_setting('autovacuum')
        """;
    try (Connection connection = DriverManager.getConnection(server);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public void close() throws SQLException {
    try (Statement statement = admin.createStatement()) {
      statement.execute("drop database if exists " + database + " with (force)");
    }
    admin.close();
  }
}
