package io.jobyard.store.mysql;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.SlowServerContract;
import io.jobyard.testing.MariaServer;
import io.jobyard.testing.SlowRoad;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The MySQL store keeps the contract for servers that are slow to answer. */
final class MysqlSlowServerTest implements SlowServerContract {
  private final MariaServer server = MariaServer.shared();
  private final String url = server.newDatabase();
  private final SlowRoad road = new SlowRoad(url);
  private @Nullable JobStore store;

  @Override
  public JobStore open(StoreOptions options) {
    JobStore opened = new MysqlStoreProvider().open(road.url(), options);
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
