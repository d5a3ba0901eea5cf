package io.jobyard.node.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
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

/** Two nodes on one file, managers and workers of both killed at random and started again. */
class TwoNodesTest {
  private static final Duration PACE = Duration.ofMillis(700);

  private static final String SETTINGS =
      """
      lease: 2s
      queues:
        default:
          processes: 2
          threads: 4
          memory: 64m
          max-crashes: 1000
          max-lost: 1000
          backoff: 50ms
      """;

  private final Random random = new Random(4711);
  private final List<Death> deaths = new ArrayList<>();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  @Test
  void twoNodesKilledAtRandomLoseNothing() throws Exception {
    play(1_500, Duration.ofSeconds(5));
  }

  @Test
  @Tag("soak")
  void twoNodesKilledAtRandomForAMinuteLoseNothing() throws Exception {
    play(20_000, Duration.ofSeconds(60));
  }

  private void play(int jobs, Duration harm) throws Exception {
    try (Scene scene = new Scene(dir)) {
      scene.pushAll(Scene.QUEUE, "chaos-work", ",\"millis\":20", jobs);
      List<ChaosNode> nodes = List.of(scene.node("app-1", SETTINGS), scene.node("app-2", SETTINGS));
      nodes.forEach(node -> node.awaitWorkers(2));
      try (ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor()) {
        var harms =
            pace.scheduleAtFixedRate(
                () -> harm(nodes.get(random.nextInt(2))),
                0,
                PACE.toMillis(),
                TimeUnit.MILLISECONDS);
        pace.schedule(() -> harms.cancel(false), harm.toMillis(), TimeUnit.MILLISECONDS).get();
      }
      scene.awaitDrained(Duration.ofSeconds(60));
      for (ChaosNode node : nodes) {
        node.awaitWorkers(2); // a TERM that comes while the JVM boots ends it with 143
        assertThat(node.stop(Duration.ofSeconds(10))).isZero();
      }
      Audit.of(scene, deaths).print().assertNothingLost();
    }
  }

  private void harm(ChaosNode node) {
    List<ProcessHandle> workers = node.workers();
    if (random.nextInt(4) == 0) {
      deaths.add(node.kill());
      try {
        node.restart();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else if (!workers.isEmpty()) {
      deaths.add(ChaosNode.killWorker(workers.get(random.nextInt(workers.size()))));
    }
  }
}
