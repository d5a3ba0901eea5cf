package io.jobyard.store.postgresql;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.SlowServerContract;
import io.jobyard.testing.PostgresServer;
import io.jobyard.testing.SlowRoad;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The PostgreSQL store keeps the contract for servers that are slow to answer. */
final class PostgresSlowServerTest implements SlowServerContract {
  private final PostgresServer server = PostgresServer.shared();
  private final String url = server.freshUrl();
  private final SlowRoad road = new SlowRoad(url);
  private @Nullable JobStore store;

  @Override
  public JobStore open(StoreOptions options) {
    JobStore opened = new PostgresStoreProvider().open(road.url(), options);
    store = opened;
    return opened;
  }

  @Override
  public void delay(Duration answer) {
    road.delay(answer);
  }

  @AfterEach
  void close() {
    road.close();
    if (store != null) {
      store.close();
    }
    server.drop(url);
  }
}
