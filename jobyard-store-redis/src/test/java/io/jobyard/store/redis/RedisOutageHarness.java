package io.jobyard.store.redis;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.OutageHarness;
import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Stores on a server that may be broken, by its own clock. Once closed, it begins anew. */
final class RedisOutageHarness implements OutageHarness {
  private final RedisProcess server;
  private final List<JobStore> opened = new ArrayList<>();
  private @Nullable String url;

  RedisOutageHarness(RedisProcess server) {
    this.server = server;
  }

  @Override
  public JobStore open(StoreOptions options) {
    if (url == null) {
      url = RedisServers.fresh(RedisServers.url(server));
    }
    JobStore store = RedisStore.open(RedisUrl.of(url), options);
    opened.add(store);
    return store;
  }

  @Override
  public void pass(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos() + 1_000_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
    server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    server.command("CLIENT", "KILL", "TYPE", "pubsub");
  }

  @Override
  public Duration pushTimeout() {
    return Duration.ofMillis(500);
  }

  @Override
  public void close() {
    opened.forEach(JobStore::close);
    opened.clear();
    if (url != null) {
      server.start();
      url = null;
    }
  }
}
