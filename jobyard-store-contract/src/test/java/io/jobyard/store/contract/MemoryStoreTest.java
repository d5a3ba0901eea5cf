package io.jobyard.store.contract;

import io.jobyard.memory.MemoryStore;
import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** The reference store keeps the contract. */
final class MemoryStoreTest implements StoreContract {
  private final StoreHarness harness = new MemoryHarness();

  @Override
  public StoreHarness harness() {
    return harness;
  }

  private static final class MemoryHarness implements StoreHarness {
    private final AtomicReference<Instant> wall =
        new AtomicReference<>(Instant.parse("2026-03-01T10:00:00Z"));
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final MemoryStore root = new MemoryStore(wall::get, nanos::get);
    private final List<JobStore> opened = new ArrayList<>(List.of(root));

    @Override
    public JobStore open(StoreOptions options) {
      JobStore store = root.sibling(options);
      opened.add(store);
      return store;
    }

    @Override
    public void pass(Duration time) {
      wall.updateAndGet(now -> now.plus(time));
      nanos.addAndGet(time.toNanos());
    }

    @Override
    public boolean jump(Duration by) {
      wall.updateAndGet(now -> now.plus(by));
      return true;
    }

    @Override
    public boolean exact() {
      return true;
    }

    @Override
    public void close() {
      opened.forEach(JobStore::close);
    }
  }
}
