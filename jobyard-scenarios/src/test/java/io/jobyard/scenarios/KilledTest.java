package io.jobyard.scenarios;

import static io.jobyard.scenarios.Scene.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.NewJob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers killed again and again, then the manager: nothing is lost, nothing doubled for no reason.
 */
@Staged(
    threads = {8, 50, 1},
    grabbing = {
      Ground.SQLITE,
      Ground.POSTGRESQL,
      Ground.MARIADB,
      Ground.REDIS,
      Ground.REDIS_CLUSTER
    })
@Tag("soak")
final class KilledTest {
  private static final int JOBS = 20_000;
  private static final Duration KILLING = Duration.ofSeconds(20);

  private final Random random = new Random(4711);
  private final Cast cast;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  KilledTest(Cast cast) {
    this.cast = cast;
  }

  @Test
  void nothingIsLostWhenWorkersAndTheManagerAreKilled() throws Exception {
    try (Scene scene = new Scene(dir, cast.ground().place(dir))) {
      pushWork(scene);
      ChaosNode node = scene.node("app-1", cast.settings());
      waiting(Duration.ofMinutes(2), "the first jobs").until(() -> !scene.ledger.ended().isEmpty());
      Harm harm = new Harm(random, List.of(node));
      Harm.repeat(() -> harm.killWorker(node), KILLING, Duration.ofMillis(300));
      assertThat(scene.status().succeeded()).as("too few jobs for this test").isLessThan(JOBS);
      harm.killManager(node);
      scene.awaitDrained(Duration.ofMinutes(3));
      assertThat(node.stop(Duration.ofMinutes(1))).isZero();
      Audit.of(scene, harm.deaths()).print(cast + ", killed workers").assertNothingLost();
    }
  }

  private void pushWork(Scene scene) {
    // Two nodes would be busy for that time; this is one.
    int millis = cast.millis(JOBS, (int) KILLING.toMillis());
    List<NewJob> batch = new ArrayList<>();
    for (int i = 0; i < JOBS; i++) {
      batch.add(
          scene.logged(
              Scene.QUEUE, "chaos-value", ",\"millis\":" + random.nextInt(millis, 2 * millis)));
    }
    scene.push(batch);
  }
}
