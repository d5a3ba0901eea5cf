package io.jobyard.store.redis;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.StoreHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A fresh key prefix on a shared server; time is the server's. */
final class RedisHarness implements StoreHarness {
  private final String url;
  private final List<JobStore> opened = new ArrayList<>();

  RedisHarness(String url) {
    this.url = url;
  }

  @Override
  public JobStore open(@Nullable String env) {
    return open(options(env));
  }

  @Override
  public JobStore look(String env) {
    return open(options(env).looking());
  }

  private static StoreOptions options(@Nullable String env) {
    StoreOptions defaults = StoreOptions.defaults();
    return new StoreOptions(
        defaults.base(), defaults.migrate(), defaults.pushTimeout(), env, Map.of());
  }

  private JobStore open(StoreOptions options) {
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
  public Duration unit() {
    return Duration.ofMillis(250);
  }

  @Override
  public void close() {
    opened.forEach(JobStore::close);
  }
}
