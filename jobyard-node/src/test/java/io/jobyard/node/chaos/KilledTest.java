package io.jobyard.node.chaos;

import static io.jobyard.node.chaos.Scene.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.NewJob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers killed again and again, then the manager: nothing is lost, nothing doubled for no reason.
 */
class KilledTest {
  private static final Duration PACE = Duration.ofMillis(300);

  private final Random random = new Random(4711);
  private final List<Death> deaths = new ArrayList<>();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  @Test
  void nothingIsLostWhenWorkersAndTheManagerAreKilled() throws Exception {
    play(2_000, 2, Duration.ofSeconds(3));
  }

  @Test
  @Tag("soak")
  void nothingIsLostOfTwentyThousandJobs() throws Exception {
    play(20_000, 3, Duration.ofSeconds(20));
  }

  private void play(int jobs, int processes, Duration killing) throws Exception {
    try (Scene scene = new Scene(dir)) {
      pushWork(scene, jobs);
      ChaosNode node =
          scene.node(
              "app-1",
              """
              lease: 2s
              queues:
                default: {processes: %d, threads: 8, memory: 64m, max-crashes: 1000, backoff: 50ms}
              """
                  .formatted(processes));
      waiting(Duration.ofSeconds(20), "the first jobs")
          .until(() -> !scene.ledger.ended().isEmpty());
      killWorkersFor(node, killing);
      assertThat(scene.status().succeeded()).as("too few jobs for this test").isLessThan(jobs);
      deaths.add(node.kill());
      node.restart();
      scene.awaitDrained(Duration.ofSeconds(60));
      assertThat(node.stop(Duration.ofSeconds(10))).isZero();
      Audit.of(scene, deaths).print().assertNothingLost();
    }
  }

  private void pushWork(Scene scene, int jobs) {
    List<NewJob> batch = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      batch.add(scene.logged(Scene.QUEUE, "chaos-work", ",\"millis\":" + random.nextInt(10, 31)));
    }
    scene.push(batch);
  }

  private void killWorkersFor(ChaosNode node, Duration killing) throws Exception {
    try (ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor()) {
      var kills =
          killer.scheduleAtFixedRate(
              () -> killOne(node), 0, PACE.toMillis(), TimeUnit.MILLISECONDS);
      killer.schedule(() -> kills.cancel(false), killing.toMillis(), TimeUnit.MILLISECONDS).get();
    }
  }

  private void killOne(ChaosNode node) {
    List<ProcessHandle> workers = node.workers();
    if (!workers.isEmpty()) {
      deaths.add(ChaosNode.killWorker(workers.get(random.nextInt(workers.size()))));
    }
  }
}
