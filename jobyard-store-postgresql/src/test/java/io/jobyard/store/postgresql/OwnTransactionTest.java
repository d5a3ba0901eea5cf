package io.jobyard.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.TransactionalStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** A push within a transaction, and who listens to the very store that it went through. */
final class OwnTransactionTest {
  @Test
  void theNodeOfTheSameStoreIsToldOfTheCommit() throws SQLException {
    Set<String> ready = ConcurrentHashMap.newKeySet();
    try (PostgresHarness harness = new PostgresHarness();
        Connection connection = harness.connect()) {
      Worker worker = new Worker(harness.open());
      Subscription unusedReady = worker.store.listen(ready::add);
      connection.setAutoCommit(false);
      assertThat(((TransactionalStore) worker.store).push(List.of(Worker.job(0, null)), connection))
          .hasSize(1);
      assertThat(ready).isEmpty();
      connection.commit();
      await().atMost(Duration.ofSeconds(30)).until(() -> ready.contains(Worker.QUEUE));
    }
  }
}
