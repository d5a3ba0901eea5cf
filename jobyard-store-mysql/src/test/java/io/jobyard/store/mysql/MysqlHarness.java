package io.jobyard.store.mysql;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.TransactionHarness;
import io.jobyard.testing.MariaServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stores on one database of a real server. Their time is a row in that database, so that no test
 * waits for it and none depends on how busy the machine is. Databases are emptied and used again,
 * for making one takes longer than most tests.
 */
final class MysqlHarness implements TransactionHarness {
  private static final long BEGINNING = 1_772_359_200_000L;

  private final MariaServer server = MariaServer.shared();
  private final List<JobStore> opened = new ArrayList<>();
  private @Nullable EmptyDatabase database;

  @Override
  public JobStore open(StoreOptions options) {
    String now = "(select now from " + database().name() + ".clock)";
    JobStore store = MysqlStore.open(MysqlUrl.of(database().url()), options, now);
    opened.add(store);
    return store;
  }

  @Override
  public Connection connect() throws SQLException {
    return server.connect(database().url());
  }

  @Override
  public List<Connection> strangers() throws SQLException {
    return List.of(
        server.connect(), server.connect(Strangers.EMPTY), server.connect(Strangers.ANOTHER));
  }

  @Override
  public Duration pushTimeout() {
    return Duration.ofSeconds(30);
  }

  @Override
  public void pass(Duration time) {
    server.run("update " + database().name() + ".clock set now = now + " + time.toMillis());
  }

  @Override
  public boolean exact() {
    return true;
  }

  @Override
  public void close() {
    opened.forEach(JobStore::close);
    if (database != null) {
      database.giveBack();
      database = null;
    }
  }

  private EmptyDatabase database() {
    EmptyDatabase taken = database;
    if (taken == null) {
      taken = EmptyDatabase.take(server, BEGINNING);
      database = taken;
    }
    return taken;
  }

  /** A database with no tables of ours, and one with those of another Jobyard. */
  private static final class Strangers {
    static final String EMPTY = EmptyDatabase.lasting(MariaServer.shared());
    static final String ANOTHER = EmptyDatabase.lasting(MariaServer.shared());

    static {
      new MysqlStoreProvider().open(ANOTHER, StoreOptions.defaults()).close();
    }
  }
}
