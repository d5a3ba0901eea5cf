package io.jobyard.store.redis;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.OutageHarness;
import io.jobyard.testing.RedisProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Stores on a server that may be broken, by its own clock. Once closed, it begins anew. */
final class RedisOutageHarness implements OutageHarness {
  private final Servers servers;
  private final List<JobStore> opened = new ArrayList<>();
  private @Nullable String url;

  /** Those that a test may break. */
  interface Servers {
    /** The one with all that tests store. */
    RedisProcess broken();

    /** All that a store may be connected to. */
    List<RedisProcess> all();

    /** A place of its own for a test. */
    String place();

    /** Waits until they do what they are asked, all of them running. */
    void awaitWhole();
  }

  RedisOutageHarness(Servers servers) {
    this.servers = servers;
  }

  @Override
  public JobStore open(StoreOptions options) {
    if (url == null) {
      servers.awaitWhole();
      url = servers.place();
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
    servers.broken().stop();
  }

  @Override
  public void kill() {
    servers.broken().kill();
  }

  @Override
  public void start() {
    servers.broken().start();
    servers.awaitWhole();
  }

  @Override
  public void freeze() {
    servers.broken().freeze();
  }

  @Override
  public void thaw() {
    servers.broken().thaw();
  }

  @Override
  public void cut() {
    for (RedisProcess server : servers.all()) {
      server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      server.command("CLIENT", "KILL", "TYPE", "pubsub");
    }
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
      servers.broken().start();
      url = null;
    }
  }
}
