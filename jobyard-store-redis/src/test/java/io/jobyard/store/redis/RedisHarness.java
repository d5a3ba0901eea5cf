package io.jobyard.store.redis;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.StoreHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A fresh key prefix on a shared server; time is the server's. */
final class RedisHarness implements StoreHarness {
  private final String url;
  private final List<JobStore> opened = new ArrayList<>();

  RedisHarness(String url) {
    this.url = url;
  }

  @Override
  public JobStore open(StoreOptions options) {
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
