package io.jobyard.store.postgresql;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.TransactionHarness;
import io.jobyard.testing.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Stores on one schema of the shared server. Their time is a row in that schema, so that no test
 * waits for it and none depends on how busy the machine is.
 */
final class PostgresHarness implements TransactionHarness {
  private final PostgresServer server = PostgresServer.shared();
  private final List<JobStore> opened = new ArrayList<>();
  private final String url = server.freshUrl();
  private final String schema = url.substring(url.indexOf("schema=") + "schema=".length());
  private final String other = schema + "_other";
  private boolean used;
  private boolean otherUsed;

  String schema() {
    return schema;
  }

  @Override
  public JobStore open(StoreOptions options) {
    if (!used) {
      used = true;
      run(
          "create schema " + schema,
          "create table " + schema + ".clock as select 1772359200000::bigint as now");
    }
    return open(url, options);
  }

  @Override
  public Duration pushTimeout() {
    return Duration.ofSeconds(20);
  }

  @Override
  public void pass(Duration time) {
    run("update " + schema + ".clock set now = now + " + time.toMillis());
  }

  @Override
  public boolean exact() {
    return true;
  }

  @Override
  public Connection connect() throws SQLException {
    return server.connect();
  }

  /** A database that was never used, and one with the same tables in a schema of the same name. */
  @Override
  public List<Connection> strangers() throws SQLException {
    otherUsed = true;
    run("create database " + other + " template template0");
    try (Connection connection = elsewhere(other);
        Statement statement = connection.createStatement()) {
      statement.execute("create schema " + schema);
      statement.execute("create table " + schema + ".clock as select 0::bigint as now");
    }
    open(url.replaceFirst("/[^/?]+\\?", "/" + other + "?"), StoreOptions.defaults()).close();
    return List.of(elsewhere("template1"), elsewhere(other));
  }

  @Override
  public void close() {
    opened.forEach(JobStore::close);
    if (used) {
      server.drop(url);
      used = false;
    }
    if (otherUsed) {
      run("drop database " + other);
      otherUsed = false;
    }
  }

  private JobStore open(String url, StoreOptions options) {
    String now = "(select now from " + schema + ".clock)";
    JobStore store = new PostgresStore(PostgresUrl.of(url), options, now);
    opened.add(store);
    return store;
  }

  private Connection elsewhere(String database) throws SQLException {
    return DriverManager.getConnection(
        server.jdbcUrl().replaceFirst("/[^/?]+(\\?|$)", "/" + database + "$1"));
  }

  private void run(String... statements) {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the test's server refused " + List.of(statements), e);
    }
  }
}
