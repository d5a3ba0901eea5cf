package io.jobyard.sync;

import io.jobyard.memory.MemoryStore;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobStoreProvider;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import java.util.List;

/** Opens {@code sync:}, a store of its own each time. */
public final class SyncStoreProvider implements JobStoreProvider {
  @Override
  public boolean accepts(String url) {
    return url.equals("sync:");
  }

  @Override
  public JobStore open(String url, StoreOptions options) {
    return new SyncStore(new MemoryStore());
  }

  @Override
  public List<Script> migrate(String url, StoreOptions options, boolean dryRun) {
    return List.of();
  }
}
