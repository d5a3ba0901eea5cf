package io.jobyard.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobStore;
import io.jobyard.store.contract.OutageContract;
import io.jobyard.store.contract.OutageHarness;
import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The Redis store keeps the contract for servers that go away. One server for all tests. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RedisOutageTest implements OutageContract {
  private final RedisProcess server = RedisServers.startSingle("--appendfsync", "always");
  private final RedisOutageHarness harness = new RedisOutageHarness(new Alone(server));

  private record Alone(RedisProcess broken) implements RedisOutageHarness.Servers {
    @Override
    public List<RedisProcess> all() {
      return List.of(broken);
    }

    @Override
    public String place() {
      return RedisServers.fresh(RedisServers.url(broken));
    }

    @Override
    public void awaitWhole() {
      broken.awaitReply("PONG", "PING");
    }
  }

  @AfterAll
  void closeServer() {
    server.close();
  }

  /** Takes a key prefix of its own at every test. */
  @Override
  public OutageHarness harness() {
    return harness;
  }

  @Test
  void aFrozenServerIsToldOfInTimeAndGoneOnWithAfterwards() {
    JobStore store = open();
    Node node = Node.at(store);
    UUID before = node.push();
    server.freeze();
    try {
      long start = System.nanoTime();
      assertThatThrownBy(store::queues).isInstanceOf(StoreUnavailable.class);
      assertThatThrownBy(node::push).isInstanceOf(StoreUnavailable.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    } finally {
      server.thaw();
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsMatching(StoreUnavailable.class::isInstance)
        .until(() -> store.beat(node.session()));
    // The push that got no answer may have been carried out when the server went on.
    assertThat(node.leaseIds(10)).contains(before).hasSizeLessThanOrEqualTo(2);
  }
}
