package io.jobyard.store.postgresql;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.OutageHarness;
import io.jobyard.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Stores on a server that may be broken, by its own clock. Once closed, it begins anew. */
final class PostgresOutageHarness implements OutageHarness {
  private static final String CUT =
      """
      select pg_terminate_backend(pid)
        from pg_stat_activity
       where backend_type = 'client backend'
         and pid <> pg_backend_pid()
      """;

  private final PostgresServer server;
  private final List<JobStore> opened = new ArrayList<>();
  private @Nullable String url;

  PostgresOutageHarness(PostgresServer server) {
    this.server = server;
  }

  @Override
  public JobStore open(StoreOptions options) {
    if (url == null) {
      url = server.freshUrl();
    }
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
  public void stop() {
    server.stop();
  }

  @Override
  public void kill() {
    server.kill();
  }

  @Override
  public void start() {
    server.start();
  }

  @Override
  public void freeze() {
    server.freeze();
  }

  @Override
  public void thaw() {
    server.thaw();
  }

  @Override
  public void cut() {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(CUT);
    } catch (SQLException e) {
      throw new IllegalStateException("connections could not be cut", e);
    }
  }

  @Override
  public Duration pushTimeout() {
    return Duration.ofMillis(1_500);
  }

  @Override
  public void close() {
    opened.forEach(JobStore::close);
    opened.clear();
    if (url != null) {
      server.start();
      server.drop(url);
      url = null;
    }
  }
}
