package io.jobyard.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.StoreReport;
import io.jobyard.testing.RedisCluster;
import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisSentinel;
import io.jobyard.testing.RedisServers;
import io.lettuce.core.cluster.SlotHash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Servers that go away, change their role, or give a queue to another. */
final class RedisTroubleTest {
  private static final String QUEUE = Node.QUEUE;

  private static JobStore open(String url) {
    return open(url, Map.of());
  }

  private static JobStore open(String url, Map<String, Integer> shards) {
    return RedisStore.open(
        RedisUrl.of(url), new StoreOptions(Path.of(""), true, Duration.ofSeconds(5), null, shards));
  }

  private static NewJob job() {
    return Node.job();
  }

  /** Asks again until it works, as a producer does that must not lose anything. */
  private static void pushUntilItIs(JobStore store, NewJob job) {
    await()
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptionsMatching(StoreUnavailable.class::isInstance)
        .until(() -> store.push(List.of(job)).equals(List.of(job.id())));
  }

  private static Set<UUID> drain(JobStore store) {
    Node node = Node.at(store);
    Set<UUID> ids = new HashSet<>();
    List<UUID> some;
    do {
      some = node.leaseIds(100);
      some.forEach(id -> assertThat(ids.add(id)).isTrue());
    } while (!some.isEmpty());
    return ids;
  }

  @Test
  void aServerThatWasKilledIsFoundAgainWithAllItHad() {
    try (RedisProcess server = RedisServers.startSingle("--appendfsync", "always");
        JobStore store = open(RedisServers.url(server))) {
      NewJob before = job();
      store.push(List.of(before));
      server.kill();
      assertThatThrownBy(store::queues).isInstanceOf(StoreUnavailable.class);
      server.start();
      NewJob after = job();
      pushUntilItIs(store, after);
      assertThat(drain(store)).containsExactlyInAnyOrder(before.id(), after.id());
    }
  }

  @Test
  void aPushThatTooFewReplicasHaveSaysThatItMayBeStored() {
    try (RedisProcess server = RedisServers.startSingle();
        JobStore store = open(RedisServers.url(server) + "?wait=1&wait-timeout=50")) {
      NewJob job = job();
      assertThatThrownBy(() -> store.push(List.of(job)))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("0 of the 1 replicas")
          .hasMessageContaining("may or may not be stored");
      assertThat(store.report().findings()).anyMatch(finding -> finding.text().contains("wait=1"));
    }
  }

  @Test
  void doctorNamesWhatLosesJobs() {
    try (RedisProcess server =
            RedisServers.startSingle("--appendonly", "no", "--maxmemory-policy", "allkeys-lru");
        JobStore store = open(RedisServers.url(server))) {
      assertThat(store.report().findings())
          .filteredOn(finding -> finding.problem())
          .extracting(finding -> finding.text().split(" ", 2)[0])
          .containsExactlyInAnyOrder("appendonly", "maxmemory-policy");
    }
  }

  @Test
  void doctorNamesTheMasterOfAClusterThatLosesJobs() {
    try (RedisCluster cluster = RedisServers.startCluster();
        JobStore store = open(cluster.url())) {
      assertThat(problems(store)).isEmpty();
      RedisProcess master = cluster.masters().get(1);
      String name = "127.0.0.1:" + master.port() + ": ";
      master.command("CONFIG", "SET", "appendonly", "no");
      master.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
      assertThat(problems(store))
          .hasSize(2)
          .anyMatch(text -> text.startsWith(name + "appendonly is off"))
          .anyMatch(text -> text.startsWith(name + "maxmemory-policy is allkeys-lru"));
      assertThat(store.report().durability()).contains("appendonly is off");
      master.command("CONFIG", "SET", "appendonly", "yes");
      master.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
      assertThat(problems(store)).isEmpty();
      assertThat(store.report().durability()).contains("survives a crash");
    }
  }

  @Test
  void doctorNamesTheMasterWithoutAReplicaAndNoReplica() {
    try (RedisCluster cluster = RedisServers.startCluster();
        JobStore store = open(cluster.url())) {
      RedisProcess follower = cluster.replicas().getFirst();
      follower.command("CLUSTER", "FAILOVER");
      follower.awaitReply("role:master", "INFO", "replication");
      RedisProcess former = cluster.masters().getFirst();
      former.awaitReply("master_link_status:up", "INFO", "replication");
      assertThat(alone(store)).as("the former master has no replica, and needs none").isEmpty();
      cluster.replicas().get(1).kill();
      RedisProcess master = cluster.masters().get(1);
      master.awaitReply("connected_slaves:0", "INFO", "replication");
      assertThat(alone(store))
          .singleElement()
          .asString()
          .startsWith("127.0.0.1:" + master.port() + ": ");
    }
  }

  private static List<String> problems(JobStore store) {
    return store.report().findings().stream()
        .filter(StoreReport.Finding::problem)
        .map(StoreReport.Finding::text)
        .toList();
  }

  private static List<String> alone(JobStore store) {
    return store.report().findings().stream()
        .map(StoreReport.Finding::text)
        .filter(text -> text.contains("has no replica"))
        .toList();
  }

  @Test
  void afterAFailoverWorkGoesOnWithTheNewMaster() {
    try (RedisSentinel sentinel = RedisServers.startSentinel();
        JobStore store = open(sentinel.url() + "?wait=1")) {
      assertThat(store.report().findings())
          .extracting(StoreReport.Finding::text)
          .anyMatch(text -> text.contains("min-replicas-to-write 1"));
      NewJob before = job();
      store.push(List.of(before));
      sentinel.master().kill();
      NewJob after = job();
      // Without a replica there is nobody to wait for: the push is there, and says that it may be.
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> {
            try {
              return !store.push(List.of(after)).isEmpty();
            } catch (StoreUnavailable e) {
              return e.getMessage().contains("replicas");
            }
          });
      assertThat(drain(store)).containsExactlyInAnyOrder(before.id(), after.id());
    }
  }

  @Test
  void aClustersReplicaTakesOver() {
    try (RedisCluster cluster = RedisServers.startCluster();
        JobStore store = open(cluster.url() + "?wait=1", Map.of(QUEUE, 6))) {
      List<UUID> pushed = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        NewJob job = job();
        store.push(List.of(job));
        pushed.add(job.id());
      }
      cluster.masters().getFirst().kill();
      await()
          .atMost(Duration.ofMinutes(2))
          .ignoreExceptionsMatching(StoreUnavailable.class::isInstance)
          .until(() -> store.queues().getFirst().ready() == pushed.size());
      assertThat(drain(store)).containsExactlyInAnyOrderElementsOf(pushed);
    }
  }

  @Test
  void aSlotThatMovesLosesNothing() {
    try (RedisCluster cluster = RedisServers.startCluster();
        JobStore store = open(cluster.url())) {
      NewJob before = job();
      store.push(List.of(before));
      int slot = SlotHash.getSlot("{jobyard:" + QUEUE + "}");
      RedisProcess from =
          cluster.masters().stream()
              .filter(node ->
                  node.command("CLUSTER", "COUNTKEYSINSLOT", "" + slot).matches("[1-9]\\d*"))
              .findFirst()
              .orElseThrow();
      RedisProcess to =
          cluster.masters().stream().filter(node -> node != from).findFirst().orElseThrow();
      String toId = to.command("CLUSTER", "MYID");
      String fromId = from.command("CLUSTER", "MYID");
      to.command("CLUSTER", "SETSLOT", "" + slot, "IMPORTING", fromId);
      from.command("CLUSTER", "SETSLOT", "" + slot, "MIGRATING", toId);
      String[] keys = from.command("CLUSTER", "GETKEYSINSLOT", "" + slot, "100").split("\n");
      NewJob during = job();
      for (int i = 0; i < keys.length; i++) {
        from.command("MIGRATE", "127.0.0.1", "" + to.port(), keys[i], "0", "5000");
        if (i == 1) {
          assertThatThrownBy(() -> store.queues()).isInstanceOf(StoreUnavailable.class);
        }
      }
      Thread pusher = Thread.ofVirtual().start(() -> pushUntilItIs(store, during));
      for (RedisProcess node : cluster.masters()) {
        node.command("CLUSTER", "SETSLOT", "" + slot, "NODE", toId);
      }
      await().atMost(Duration.ofMinutes(2)).until(() -> !pusher.isAlive());
      assertThat(drain(store)).containsExactlyInAnyOrder(before.id(), during.id());
    }
  }

  @Test
  void shardsAreSeenByWhoeverIsNotConfiguredWithThem() {
    String url = RedisServers.cluster();
    try (JobStore sharded = open(url, Map.of(QUEUE, 8));
        JobStore plain = open(url)) {
      Set<UUID> pushed = new HashSet<>();
      for (JobStore store : List.of(sharded, plain)) {
        for (int i = 0; i < 50; i++) {
          NewJob job = job();
          store.push(List.of(job));
          pushed.add(job.id());
        }
      }
      assertThat(plain.queues()).extracting(QueueStatus::ready).containsExactly(100L);
      assertThat(drain(plain)).isEqualTo(pushed);
    }
  }

  @Test
  void aQueueIsPausedInShardsThatThePauserDidNotKnowOf() {
    String url = RedisServers.single();
    try (JobStore pauser = open(url);
        JobStore resumer = open(url);
        JobStore sharded = open(url, Map.of(QUEUE, 8))) {
      for (JobStore early : List.of(pauser, resumer)) {
        early.push(List.of(job()));
      }
      for (int i = 0; i < 98; i++) {
        sharded.push(List.of(job()));
      }
      Node node = Node.at(sharded);
      assertThat(node.lease(1)).as("the next shard has its turn then").hasSize(1);
      pauser.pause(QUEUE, true);
      assertThat(node.lease(100)).isEmpty();
      resumer.pause(QUEUE, false);
      assertThat(node.lease(100)).hasSize(99);
    }
  }

  @Test
  void shardsThatComeToAPausedQueueArePausedToo() {
    String url = RedisServers.single();
    try (JobStore plain = open(url);
        JobStore sharded = open(url, Map.of(QUEUE, 8))) {
      plain.pause(QUEUE, true);
      for (int i = 0; i < 50; i++) {
        sharded.push(List.of(job()));
      }
      Node node = Node.at(sharded);
      assertThat(node.lease(100)).isEmpty();
      assertThat(sharded.queues()).extracting(QueueStatus::paused).containsExactly(true);
      sharded.pause(QUEUE, false);
      assertThat(node.lease(100)).hasSize(50);
    }
  }
}
