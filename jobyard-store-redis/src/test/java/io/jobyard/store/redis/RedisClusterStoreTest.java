package io.jobyard.store.redis;

import io.jobyard.store.contract.StoreContract;
import io.jobyard.store.contract.StoreHarness;
import io.jobyard.testing.RedisServers;

/** A Cluster of three masters keeps the contract. */
final class RedisClusterStoreTest implements StoreContract {
  private final StoreHarness harness = new RedisHarness(RedisServers.cluster());

  @Override
  public StoreHarness harness() {
    return harness;
  }
}
