package io.jobyard.store.redis;

import io.jobyard.store.contract.StoreContract;
import io.jobyard.store.contract.StoreHarness;
import io.jobyard.testing.RedisSentinel;
import io.jobyard.testing.RedisServers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;

/** A master that Sentinels know keeps the contract. */
final class RedisSentinelStoreTest implements StoreContract {
  private static @Nullable RedisSentinel servers;

  private final StoreHarness harness = new RedisHarness(RedisServers.fresh(servers().url()));

  @Override
  public StoreHarness harness() {
    return harness;
  }

  @AfterAll
  static void end() {
    servers().close();
  }

  private static synchronized RedisSentinel servers() {
    if (servers == null) {
      servers = RedisServers.startSentinel();
    }
    return servers;
  }
}
