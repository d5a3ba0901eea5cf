package io.jobyard.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.testing.RedisCluster;
import io.jobyard.testing.RedisProcess;
import io.jobyard.testing.RedisSentinel;
import io.jobyard.testing.RedisServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Masters that are killed while two nodes work, and whose replicas take over. */
@Staged(
    on = {Ground.REDIS},
    threads = {8})
@Tag("soak")
final class FailoverTest {
  private static final int JOBS = 20_000;
  private static final Duration TIME = Duration.ofSeconds(40);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration AGREEMENT = Duration.ofMinutes(2);

  /** What a replica may not have had yet when its master died. */
  private static final Duration BEHIND = Duration.ofSeconds(1);

  private final Cast cast;
  private final List<Death> deaths = new ArrayList<>();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  FailoverTest(Cast cast) {
    this.cast = cast;
  }

  @Test
  void withWaitNothingIsLostWhenSentinelReplacesTheMaster() throws Exception {
    sentinel("&wait=1", "Sentinel, wait=1", Audit::assertNothingLost);
  }

  @Test
  void withoutWaitNothingWrongIsAcceptedWhenSentinelReplacesTheMaster() throws Exception {
    sentinel("", "Sentinel, no wait", Audit::assertNothingWrong);
  }

  @Test
  void withWaitNothingIsLostWhenEachMasterOfAClusterDies() throws Exception {
    cluster("&wait=1", "Cluster, wait=1", Audit::assertNothingLost);
  }

  @Test
  void withoutWaitNothingWrongIsAcceptedWhenEachMasterOfAClusterDies() throws Exception {
    cluster("", "Cluster, no wait", Audit::assertNothingWrong);
  }

  private void sentinel(String parameters, String what, Consumer<Audit> check) throws Exception {
    try (RedisSentinel servers = RedisServers.startSentinel()) {
      Runnable failover =
          () -> {
            RedisProcess master = servers.master();
            RedisProcess replica = servers.replica();
            replace(master, replica);
          };
      play(RedisServers.fresh(servers.url()) + parameters, what, failover, "shards: 1", check);
    }
  }

  private void cluster(String parameters, String what, Consumer<Audit> check) throws Exception {
    try (RedisCluster servers = RedisServers.startCluster()) {
      List<RedisProcess> masters = servers.masters();
      List<RedisProcess> replicas = servers.replicas();
      int[] next = {0};
      Runnable failover =
          () -> {
            int i = next[0]++;
            boolean again = i / masters.size() % 2 == 1; // then the other way round
            RedisProcess first = masters.get(i % masters.size());
            RedisProcess second = replicas.get(i % masters.size());
            replace(again ? second : first, again ? first : second);
          };
      play(RedisServers.fresh(servers.url()) + parameters, what, failover, "shards: 3", check);
    }
  }

  /**
   * Kills a master, waits until its replica has its place, and starts it again. It comes up as a
   * master too, and what the servers then agree on may be what it knew before: until they agree,
   * the store may forget.
   */
  private void replace(RedisProcess master, RedisProcess replica) {
    Death death = Death.ofStore(BEHIND);
    master.kill();
    replica.awaitReply("role:master", "INFO", "replication");
    master.start();
    await().atMost(AGREEMENT).until(() -> follows(master) != follows(replica));
    deaths.add(death.overNow());
  }

  private static boolean follows(RedisProcess server) {
    return server.command("INFO", "replication").contains("master_link_status:up");
  }

  private void play(String url, String what, Runnable failover, String queue, Consumer<Audit> check)
      throws Exception {
    try (Scene scene = new Scene(dir, url)) {
      int millis = cast.millis(JOBS, (int) TIME.toMillis());
      String settings = cast.settings("lease: 15s", "max-lost: 1000, " + queue);
      List<ChaosNode> nodes = List.of(scene.node("app-1", settings), scene.node("app-2", settings));
      nodes.forEach(node -> node.awaitWorkers(Cast.PROCESSES));
      scene.pushAll(Scene.QUEUE, "chaos-value", ",\"millis\":" + millis, JOBS / 2);
      Producer producer = Producer.start(scene, JOBS / 2, millis, TIME);
      Harm.repeat(failover, TIME, Duration.ofSeconds(10));
      int refused = producer.await();
      scene.awaitDrained(PATIENCE);
      for (ChaosNode node : nodes) {
        assertThat(node.stop(Duration.ofMinutes(1))).isZero();
        assertThat(node.errors()).isEmpty();
      }
      System.out.printf(
          "%s: %d failovers, %d pushes were refused and repeated%n", what, deaths.size(), refused);
      assertThat(deaths).hasSizeGreaterThan(1);
      check.accept(Audit.of(scene, deaths).print(cast + ", " + what));
    }
  }
}
