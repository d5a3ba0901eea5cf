package io.jobyard.store.mysql;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.TransactionHarness;
import io.jobyard.testing.MariaServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stores on one new database of a real server, whose time goes on by itself. */
final class MysqlHarness implements TransactionHarness {
  private final MariaServer server = MariaServer.shared();
  private final List<JobStore> opened = new ArrayList<>();
  private final String url = server.newDatabase();
  private final List<String> others = new ArrayList<>();

  /** The database that the stores share. */
  String url() {
    return url;
  }

  @Override
  public JobStore open(@Nullable String env) {
    StoreOptions options =
        new StoreOptions(Path.of(""), true, Duration.ofSeconds(30), env, Map.of());
    JobStore store = new MysqlStoreProvider().open(url, options);
    opened.add(store);
    return store;
  }

  @Override
  public Connection connect() throws SQLException {
    return server.connect(url);
  }

  @Override
  public List<Connection> strangers() throws SQLException {
    String empty = server.newDatabase();
    String another = server.newDatabase();
    others.addAll(List.of(empty, another));
    new MysqlStoreProvider().open(another, StoreOptions.defaults()).close();
    return List.of(server.connect(), server.connect(empty), server.connect(another));
  }

  @Override
  public void pass(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while time went by", e);
    }
  }

  @Override
  public Duration unit() {
    return Duration.ofMillis(500);
  }

  @Override
  public void close() {
    opened.forEach(JobStore::close);
    server.drop(url);
    others.forEach(server::drop);
  }
}
