package io.jobyard.store.postgresql;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.StoreHarness;
import io.jobyard.testing.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Stores on one schema of the shared server, by its clock. */
final class PostgresHarness implements StoreHarness {
  private final String url;
  private final List<JobStore> opened = new ArrayList<>();
  private boolean used;

  PostgresHarness() {
    this.url = PostgresServer.shared().freshUrl();
  }

  String url() {
    return url;
  }

  @Override
  public JobStore open(@Nullable String env) {
    used = true;
    StoreOptions options =
        new StoreOptions(Path.of(""), true, Duration.ofSeconds(5), env, Map.of());
    JobStore store = new PostgresStoreProvider().open(url, options);
    opened.add(store);
    return store;
  }

  @Override
  public void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public Duration unit() {
    return Duration.ofMillis(500);
  }

  @Override
  public void close() {
    opened.forEach(JobStore::close);
    if (used) {
      PostgresServer.shared().drop(url);
      used = false;
    }
  }
}
