package io.jobyard.store.mysql;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.StoreHarness;
import io.jobyard.testing.MariaServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stores on one new database of a real server, whose time goes on by itself. */
final class MysqlHarness implements StoreHarness {
  private final MariaServer server = MariaServer.shared();
  private final List<JobStore> opened = new ArrayList<>();
  private final String url = server.newDatabase();

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
  }
}
