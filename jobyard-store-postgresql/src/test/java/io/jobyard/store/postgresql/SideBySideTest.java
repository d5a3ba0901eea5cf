package io.jobyard.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.testing.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Several Jobyards in one database see nothing of each other. */
final class SideBySideTest {
  private final PostgresServer server = PostgresServer.shared();
  private final String one = server.freshUrl();
  private final String two = server.freshUrl();

  private static JobStore open(String url) {
    return new PostgresStoreProvider().open(url, StoreOptions.defaults());
  }

  @Test
  void schemasAndPrefixesKeepApart() {
    try (JobStore first = open(one);
        JobStore second = open(two);
        JobStore third = open(one + "&prefix=other_");
        JobStore firstAgain = open(one)) {
      Set<String> told = ConcurrentHashMap.newKeySet();
      second.listen(queue -> told.add("second " + queue));
      third.listen(queue -> told.add("third " + queue));
      firstAgain.listen(queue -> told.add("first " + queue));

      Worker worker = new Worker(first);
      UUID job = first.push(List.of(Worker.job(0, "order-1"))).getFirst();
      await().atMost(Duration.ofMinutes(1)).until(() -> told.contains("first " + Worker.QUEUE));
      for (JobStore other : List.of(second, third)) {
        assertThat(other.find(List.of(job))).isEmpty();
        assertThat(other.queues()).isEmpty();
        assertThat(new Worker(other).lease(1)).isEmpty();
        UUID own = other.push(List.of(Worker.job(0, "order-1"))).getFirst();
        assertThat(own).isNotEqualTo(job);
      }
      assertThat(Worker.ids(worker.lease(10))).containsExactly(job);
      assertThat(firstAgain.nodes()).hasSize(1);
    } finally {
      server.drop(one);
      server.drop(two);
    }
  }
}
