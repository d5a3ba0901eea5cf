package io.jobyard.store.redis;

import io.jobyard.store.JobStore;
import io.jobyard.store.JobStoreProvider;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import java.util.List;

/** Opens {@code redis://}, {@code redis-sentinel://}, {@code redis-cluster://}, and with TLS. */
public final class RedisStoreProvider implements JobStoreProvider {
  @Override
  public boolean accepts(String url) {
    return RedisUrl.accepts(url);
  }

  @Override
  public JobStore open(String url, StoreOptions options) {
    return RedisStore.open(RedisUrl.of(url), options);
  }

  @Override
  public List<Script> migrate(String url, StoreOptions options, boolean dryRun) {
    try (Link link = new Link(RedisUrl.of(url), options.pushTimeout())) {
      return new Schema(link).migrate(options, dryRun);
    }
  }
}
