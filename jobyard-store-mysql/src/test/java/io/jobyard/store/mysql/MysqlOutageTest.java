package io.jobyard.store.mysql;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.OutageContract;
import io.jobyard.store.contract.OutageHarness;
import io.jobyard.testing.MariaServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;

/** A server that goes away and comes back: always one of our own, which these tests share. */
final class MysqlOutageTest implements OutageContract {
  private static @Nullable MariaServer server;

  private final OutageHarness harness = new Breaking(server());

  @Override
  public OutageHarness harness() {
    return harness;
  }

  @AfterAll
  static void end() {
    server().close();
  }

  private static synchronized MariaServer server() {
    if (server == null) {
      server = MariaServer.startOwn();
    }
    return server;
  }

  private static final class Breaking implements OutageHarness {
    private final MariaServer server;
    private final String url;
    private final List<JobStore> opened = new ArrayList<>();

    Breaking(MariaServer server) {
      this.server = server;
      server.start();
      url = server.newDatabase();
    }

    @Override
    public JobStore open(StoreOptions options) {
      JobStore store = new MysqlStoreProvider().open(url, options);
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
      server.cut();
    }

    @Override
    public Duration pushTimeout() {
      return Duration.ofSeconds(1);
    }

    @Override
    public void close() {
      opened.forEach(JobStore::close);
      server.start();
      server.drop(url);
    }
  }
}
