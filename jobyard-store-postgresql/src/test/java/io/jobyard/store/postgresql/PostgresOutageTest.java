package io.jobyard.store.postgresql;

import io.jobyard.store.contract.OutageContract;
import io.jobyard.store.contract.OutageHarness;
import io.jobyard.testing.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** The PostgreSQL store keeps the contract for servers that go away. One server for all tests. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PostgresOutageTest implements OutageContract {
  private final PostgresServer server = PostgresServer.own(Map.of());
  private final PostgresOutageHarness harness = new PostgresOutageHarness(server);

  @AfterAll
  void closeServer() {
    server.close();
  }

  /** Takes a schema of its own at every test. */
  @Override
  public OutageHarness harness() {
    return harness;
  }
}
