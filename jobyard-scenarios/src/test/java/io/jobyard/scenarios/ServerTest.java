package io.jobyard.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes whose server goes away and comes back, again and again, while they work. */
@Staged(
    on = {Ground.POSTGRESQL, Ground.MARIADB, Ground.REDIS},
    threads = {8})
@Tag("soak")
final class ServerTest {
  private static final int JOBS = 20_000;
  private static final int ROOM_MB = 256;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration PUSH_TIMEOUT = Duration.ofSeconds(2);

  /** No shorter than a server may be away: what is lost is to be the server's doing. */
  private static final Duration LEASE = Duration.ofSeconds(15);

  private final Random random = new Random(4711);
  private final Cast cast;
  private final List<Death> deaths = new ArrayList<>();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  private Server server;
  private Scene scene;
  private List<ChaosNode> nodes;

  ServerTest(Cast cast) {
    this.cast = cast;
  }

  @BeforeEach
  void open() throws Exception {
    server = Server.start(cast.ground());
    scene = new Scene(dir, server.url());
    String settings = cast.settings("lease: " + LEASE.toSeconds() + "s");
    nodes = List.of(scene.node("app-1", settings), scene.node("app-2", settings));
    nodes.forEach(node -> node.awaitReadyWorkers(Cast.PROCESSES)); // or they start with no server
    scene.push(Producer.batch(scene, 1));
    scene.awaitDrained(PATIENCE);
  }

  @AfterEach
  void close() {
    scene.close();
    server.close();
  }

  @Test
  void aServerRestartedEveryFiveSecondsLosesNothingAndDoublesNothing() throws Exception {
    Duration time = Duration.ofSeconds(40);
    work(time);
    Producer producer = Producer.start(scene, JOBS / 2, millis(time), time);
    Harm.repeat(this::restart, time, Duration.ofSeconds(5));
    producer.await();
    audit("restarted every 5 s");
  }

  @Test
  void aServerThatForgetsWhatWasNotDurableAcceptsNothingStale() throws Exception {
    Duration time = Duration.ofSeconds(40);
    work(time);
    work(time);
    Harm.repeat(this::crash, time, Duration.ofSeconds(8));
    audit("crashed and forgot");
    assertThat(deaths).hasSizeGreaterThan(2);
  }

  @Test
  void connectionsThatAreCutAtRandomLoseNothingAndDoubleNothing() throws Exception {
    Duration time = Duration.ofSeconds(30);
    work(time);
    Producer producer = Producer.start(scene, JOBS / 2, millis(time), time);
    Harm.repeat(this::cut, time, Duration.ofMillis(200));
    producer.await();
    audit("connections cut");
  }

  @Test
  void aNodeWhoseIdleConnectionsAreEndedRunsTheNextJobAsIfNothingWere() throws Exception {
    server.endIdle();
    List<Long> waits = new ArrayList<>();
    Harm.repeat(
        () -> {
          long before = System.nanoTime();
          scene.insist(
              scene.store, List.of(scene.logged(Scene.QUEUE, "chaos-value", ",\"millis\":1")));
          scene.awaitDrained(PATIENCE);
          waits.add((System.nanoTime() - before) / 1_000_000);
        },
        Duration.ofSeconds(30),
        Duration.ofSeconds(6));
    System.out.println(cast + ", idle connections ended: pushed and done within ms " + waits);
    assertThat(waits).as("ms").allMatch(wait -> wait < 5_000);
    audit("idle connections ended");
  }

  @Test
  void aServerWithoutRoomMakesTheNodesWaitUntilThereIsSome() throws Exception {
    assumeTrue(SmallDisk.possible(dir), "only root can make a small file system");
    server.stop();
    Duration time = Duration.ofSeconds(20);
    try (SmallDisk disk = SmallDisk.over(server.folder(), ROOM_MB)) {
      server.start();
      scene.insist(scene.store, Producer.batch(scene, millis(time)));
      Death death = Death.ofStore(Duration.ofSeconds(3));
      Producer producer = Producer.start(scene, JOBS, millis(time), time);
      Scene.waiting(PATIENCE, "some jobs to be done")
          .until(() -> scene.ledger.ended().size() > 500);
      long before = troubles();
      disk.fill();
      Scene.waiting(PATIENCE, "a node to say that it cannot go on")
          .until(() -> troubles() > before);
      Scene.pause(Duration.ofSeconds(3));
      assertThat(nodes).allMatch(ChaosNode::alive);
      disk.free();
      server.stop(); // it may have ended by itself
      server.start();
      deaths.add(death.overNow());
      producer.await();
      audit("disk full");
      server.stop();
    }
  }

  @Test
  void aServerWithoutRoomRefusesPushesInTimeAndTakesThemOnceThereIsSome() throws Exception {
    assumeTrue(SmallDisk.possible(dir), "only root can make a small file system");
    server.stop();
    Duration time = Duration.ofSeconds(20);
    try (SmallDisk disk = SmallDisk.over(server.folder(), ROOM_MB);
        JobStore store = openFor(PUSH_TIMEOUT)) {
      scene.insist(scene.store, Producer.batch(scene, millis(time)));
      work(time);
      Scene.waiting(PATIENCE, "some jobs to be done")
          .until(() -> scene.ledger.ended().size() > 500);
      Freight freight = new Freight(store);
      server.freshLog();
      assertThat(freight.push()).isTrue();
      long before = troubles();
      Death death = Death.ofStore(Duration.ZERO);
      disk.fill();
      Scene.waiting(PATIENCE, "a push to be refused, and a node to say that it cannot go on")
          .until(() -> {
            freight.push();
            return freight.refused() && troubles() > before;
          });
      Scene.pause(Duration.ofSeconds(1));
      disk.free();
      server.start(); // MariaDB may have ended by itself; the others go on
      Scene.waiting(PATIENCE, "a push to be taken").until(freight::push);

      freight.print(cast.toString());
      assertThat(freight.slowest()).isLessThan(PUSH_TIMEOUT.plusSeconds(2));
      if (cast.ground() == Ground.MARIADB && !freight.onlyForTheDisk()) {
        deaths.add(death.overNow());
      } else {
        assertThat(freight.onlyForTheDisk()).isTrue();
      }
      assertThat(nodes).allMatch(ChaosNode::alive);
      audit("pushes into a full disk");
      assertThat(freight.missing()).isEmpty();
      server.stop();
    }
  }

  private JobStore openFor(Duration pushTimeout) {
    server.start();
    return Stores.open(server.url(), new StoreOptions(Path.of(""), true, pushTimeout));
  }

  private long troubles() {
    return nodes.stream().mapToLong(node -> node.troubles().size()).sum();
  }

  /** Half of the jobs, already there; both halves keep the nodes busy for about that time. */
  private void work(Duration time) {
    scene.pushAll(Scene.QUEUE, "chaos-value", ",\"millis\":" + millis(time), JOBS / 2);
  }

  private int millis(Duration time) {
    return cast.millis(JOBS, (int) time.toMillis());
  }

  private void restart() {
    long from = System.nanoTime();
    server.stop();
    server.start();
    assertThat(Duration.ofNanos(System.nanoTime() - from))
        .as("a server that is away for longer ends the leases, and then this says nothing")
        .isLessThan(LEASE.dividedBy(2));
  }

  private void crash() {
    server.relax();
    Scene.pause(Duration.ofSeconds(1));
    Death death = server.crash();
    server.start();
    deaths.add(death.overNow());
  }

  private void cut() {
    if (random.nextInt(3) == 0) {
      server.cut();
    }
  }

  private void audit(String what) throws Exception {
    scene.awaitDrained(PATIENCE);
    for (ChaosNode node : nodes) {
      node.awaitWorkers(Cast.PROCESSES);
      assertThat(node.stop(Duration.ofMinutes(1))).isZero();
      assertThat(node.errors()).isEmpty();
      System.out.println(
          "warnings of "
              + node.pid()
              + ": "
              + node.troubles().size()
              + node.troubles().stream().limit(6).toList());
    }
    Audit.of(scene, deaths).print(cast + ", " + what).assertNothingLost();
  }
}
