package io.jobyard.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.testing.RedisCluster;
import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisSentinel;
import io.jobyard.testing.RedisServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Masters lost, servers restarted and slots moved while producers and nodes work on. What is
 * counted is logged: without {@code wait} a failover may lose pushes, and only says how many.
 */
@Tag("soak")
final class RedisFailoverTest {
  private static final Logger LOG = LoggerFactory.getLogger(RedisFailoverTest.class);
  private static final int SOME = 500;

  private static JobStore open(String url, int shards) {
    return RedisStore.open(
        RedisUrl.of(url),
        new StoreOptions(
            Path.of(""), true, Duration.ofSeconds(3), null, Map.of(Node.QUEUE, shards)));
  }

  private static Traffic.Tally overAFailover(String parameters) throws InterruptedException {
    try (RedisSentinel sentinel = RedisServers.startSentinel();
        JobStore store = open(sentinel.url() + parameters, 1)) {
      Traffic traffic = new Traffic(store).start();
      traffic.goesOn(SOME);
      RedisProcess old = sentinel.master();
      RedisProcess next = sentinel.replica();
      old.kill();
      next.awaitReply("role:master", "INFO", "replication");
      // It comes back as the replica of the other.
      old.start();
      traffic.goesOn(SOME);
      return traffic.finish();
    }
  }

  @Test
  void aSentinelFailoverLosesNothingThatAReplicaHad() throws InterruptedException {
    Traffic.Tally tally = overAFailover("?wait=1");
    LOG.info("Sentinel failover with wait=1: {}", tally);
    assertThat(tally.lost()).isEmpty();
  }

  @Test
  void aSentinelFailoverWithoutWaitSaysWhatItLost() throws InterruptedException {
    Traffic.Tally tally = overAFailover("");
    LOG.info("Sentinel failover without wait: {}", tally);
    assertThat(tally.acknowledged()).isGreaterThanOrEqualTo(2 * SOME);
    // A replica on the same machine is milliseconds behind.
    assertThat(tally.lost()).hasSizeLessThan(SOME);
  }

  @Test
  void aClusterGoesOnWithoutOneOfItsMasters() throws InterruptedException {
    try (RedisCluster cluster = RedisServers.startCluster();
        JobStore store = open(cluster.url() + "?wait=1", 6)) {
      Traffic traffic = new Traffic(store).start();
      traffic.goesOn(SOME);
      RedisProcess lost = cluster.masters().getFirst();
      lost.kill();
      cluster.replicas().getFirst().awaitReply("role:master", "INFO", "replication");
      // It comes back as the replica of its own replica.
      lost.start();
      traffic.goesOn(SOME);
      Traffic.Tally tally = traffic.finish();
      LOG.info("a Cluster's master lost, with wait=1: {}", tally);
      assertThat(tally.lost()).isEmpty();
    }
  }

  @Test
  void aQueueThatMovesToAnotherMasterLosesAndDoublesNothing() throws InterruptedException {
    try (RedisCluster cluster = RedisServers.startCluster();
        JobStore store = open(cluster.url(), 1)) {
      Traffic traffic = new Traffic(store).start();
      traffic.goesOn(SOME);
      String key = "{jobyard:" + Node.QUEUE + "}";
      for (int moves = 0; moves < 3; moves++) {
        cluster.moveSlotOf(key);
        traffic.goesOn(SOME);
      }
      Traffic.Tally tally = traffic.finish();
      LOG.info("a queue moved three times: {}", tally);
      assertThat(tally.lost()).isEmpty();
      assertThat(tally.twice()).isEmpty();
    }
  }

  @Test
  void aServerThatIsKilledAgainAndAgainLosesAndDoublesNothing() throws InterruptedException {
    try (RedisProcess server = RedisServers.startSingle("--appendfsync", "always");
        JobStore store = open(RedisServers.url(server), 1)) {
      Traffic traffic = new Traffic(store).start();
      for (int kills = 0; kills < 5; kills++) {
        traffic.goesOn(SOME);
        server.kill();
        server.start();
      }
      Traffic.Tally tally = traffic.finish();
      LOG.info("a server killed five times, appendfsync always: {}", tally);
      assertThat(tally.lost()).isEmpty();
      assertThat(tally.twice()).isEmpty();
    }
  }
}
