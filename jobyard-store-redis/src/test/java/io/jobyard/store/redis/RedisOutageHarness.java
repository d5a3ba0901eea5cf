package io.jobyard.store.redis;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.OutageHarness;
import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  public JobStore open(@Nullable String env) {
    return open(options(env));
  }

  @Override
  public JobStore look(String env) {
    return open(options(env).looking());
  }

  private StoreOptions options(@Nullable String env) {
    return new StoreOptions(Path.of(""), true, pushTimeout(), env, Map.of());
  }

  private JobStore open(StoreOptions options) {
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
