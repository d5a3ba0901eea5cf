package io.jobyard.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.testing.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes on one store: managers and workers of both are killed at random and started again, and
 * in the end one manager freezes while it has jobs, until the other has done them.
 */
@Staged(
    threads = {4, 50, 1},
    grabbing = {Ground.POSTGRESQL})
final class TwoNodesTest {
  private static final Duration LEASE = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Cast cast;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  TwoNodesTest(Cast cast) {
    this.cast = cast;
  }

  @Test
  void twoNodesKilledAtRandomLoseNothing() throws Exception {
    play(1_500, Duration.ofSeconds(3), Duration.ofMillis(500), "lease: 3s");
  }

  @Test
  @Tag("soak")
  void twoNodesKilledAtRandomForAMinuteLoseNothing() throws Exception {
    play(20_000, Duration.ofSeconds(60), Duration.ofMillis(700), "lease: 3s\naot: true");
  }

  private void play(int jobs, Duration time, Duration beat, String settings) throws Exception {
    try (Scene scene = new Scene(dir, cast.ground().place(dir))) {
      int millis = cast.millis(jobs, (int) time.toMillis() * 2 / 3); // the dead do not work
      scene.pushAll(Scene.QUEUE, "chaos-value", ",\"millis\":" + millis, jobs);
      List<ChaosNode> nodes =
          List.of(
              scene.node("app-1", cast.settings(settings)),
              scene.node("app-2", cast.settings(settings)));
      nodes.forEach(node -> node.awaitWorkers(Cast.PROCESSES));
      Harm harm = new Harm(new Random(4711), nodes);
      harm.play(time, beat);
      freezeOne(scene, nodes.getFirst(), harm);
      for (ChaosNode node : nodes) {
        node.awaitWorkers(Cast.PROCESSES); // a TERM that comes while the JVM boots ends it with 143
        assertThat(node.stop(Duration.ofMinutes(1))).isZero();
      }
      Audit.of(scene, harm.deaths()).print(cast + ", killed at random").assertNothingLost();
    }
  }

  /** Until the other has done what it had. */
  private void freezeOne(Scene scene, ChaosNode node, Harm harm) {
    node.awaitWorkers(Cast.PROCESSES);
    scene.pushAll(Scene.QUEUE, "chaos-value", ",\"millis\":300", 4 * cast.slots());
    Scene.waiting(PATIENCE, "a run in the node to be frozen")
        .until(() ->
            scene.ledger.lines().reversed().stream()
                .limit(20)
                .anyMatch(line -> line.manager() == node.pid()));
    harm.freeze(scene, node, LEASE);
    try {
      scene.awaitDrained(PATIENCE);
    } finally {
      Signal.CONT.send(node.pid());
    }
  }
}
