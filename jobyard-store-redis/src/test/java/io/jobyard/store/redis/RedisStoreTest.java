package io.jobyard.store.redis;

import io.jobyard.store.contract.StoreContract;
import io.jobyard.store.contract.StoreHarness;
import io.jobyard.testing.RedisServers;

/** One server keeps the contract. */
final class RedisStoreTest implements StoreContract {
  private final StoreHarness harness = new RedisHarness(RedisServers.single());

  @Override
  public StoreHarness harness() {
    return harness;
  }
}
