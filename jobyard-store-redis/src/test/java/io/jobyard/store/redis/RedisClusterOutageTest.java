package io.jobyard.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.NewJob;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.contract.OutageContract;
import io.jobyard.store.contract.OutageHarness;
import io.jobyard.testing.RedisCluster;
import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisServers;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A Cluster keeps the contract for servers that go away: one of its three masters does, with all
 * that a test stores, and the others do not. Nobody takes over from it. One Cluster for all tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RedisClusterOutageTest implements OutageContract {
  private final RedisCluster cluster = RedisServers.startMasters("--appendfsync", "always");
  private final FirstMaster servers = new FirstMaster(cluster);
  private final RedisOutageHarness harness = new RedisOutageHarness(servers);

  private record FirstMaster(RedisCluster cluster) implements RedisOutageHarness.Servers {
    @Override
    public RedisProcess broken() {
      return cluster.masters().getFirst();
    }

    @Override
    public List<RedisProcess> all() {
      return cluster.masters();
    }

    /** With the store's own keys and the tests' queues at the first master. */
    @Override
    public String place() {
      return place(url ->
          Stream.concat(
                  Stream.of(url.root()),
                  Stream.of("mail", "known", "unknown").map(queue -> base(url, queue)))
              .allMatch(FirstMaster::isFirst));
    }

    /** Tries prefixes until the slots that they lead to are as wanted. */
    String place(Predicate<RedisUrl> wanted) {
      return Stream.generate(() -> RedisServers.fresh(cluster.url()))
          .filter(url -> wanted.test(RedisUrl.of(url)))
          .findFirst()
          .orElseThrow();
    }

    static String base(RedisUrl url, String queue) {
      return Line.of(url.prefix(), queue, 0).base();
    }

    static boolean isFirst(String key) {
      return SlotHash.getSlot(key) < SlotHash.SLOT_COUNT / 3;
    }

    @Override
    public void awaitWhole() {
      cluster.awaitWhole();
    }
  }

  @AfterAll
  void closeServers() {
    cluster.close();
  }

  /** Takes a key prefix of its own at every test. */
  @Override
  public OutageHarness harness() {
    return harness;
  }

  @Test
  void whatIsAtOtherMastersGoesOnMeanwhile() {
    servers.awaitWhole();
    String url =
        servers.place(any ->
            !FirstMaster.isFirst(any.root())
                && !FirstMaster.isFirst(FirstMaster.base(any, Node.QUEUE))
                && FirstMaster.isFirst(FirstMaster.base(any, "known")));
    StoreOptions hasty = new StoreOptions(Path.of(""), true, harness.pushTimeout(), null, Map.of());
    try (JobStore store = RedisStore.open(RedisUrl.of(url), hasty)) {
      Node node = Node.at(store);
      NewJob elsewhere =
          NewJob.of(UUID.randomUUID(), "known", "kind", "{}".getBytes(StandardCharsets.UTF_8));
      store.push(List.of(elsewhere));
      harness.kill();
      try {
        UUID id = node.push();
        List<Lease> leases = node.lease(10);
        assertThat(leases).extracting(lease -> lease.key().id()).containsExactly(id);
        assertThat(store.beat(node.session())).isTrue();
        assertThat(node.done(leases)).as("stale leases").isEmpty();
        // What goes through all queues needs all masters.
        assertThatThrownBy(store::queues).isInstanceOf(StoreUnavailable.class);
      } finally {
        harness.start();
      }
      await()
          .ignoreExceptionsMatching(StoreUnavailable.class::isInstance)
          .until(() -> store.find(List.of(elsewhere.id())).size() == 1);
    }
  }

  @Test
  void whatWasUnderwayWhenItsConnectionWasLostIsNotSentAgain() {
    JobStore store = harness.open(StoreOptions.defaults());
    Node node = Node.at(store);
    assertThat(node.lease(1)).as("the session is known to the queue from now on").isEmpty();
    UUID id = node.push();
    RedisProcess master = servers.broken();
    master.command("CLIENT", "PAUSE", "20000", "WRITE");
    try {
      CompletableFuture<List<UUID>> lease =
          CompletableFuture.supplyAsync(() -> node.leaseIds(1), Thread::startVirtualThread);
      master.awaitReply("blocked_clients:1", "INFO", "clients");
      harness.cut();
      assertThat(lease)
          .failsWithin(Duration.ofSeconds(5))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(StoreUnavailable.class);
    } finally {
      master.command("CLIENT", "UNPAUSE");
    }
    assertThat(store.held(node.session())).isEmpty();
    assertThat(node.leaseIds(1)).containsExactly(id);
  }
}
