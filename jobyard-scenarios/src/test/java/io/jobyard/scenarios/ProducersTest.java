package io.jobyard.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Two producers and two nodes at once on one server: no deadlock reaches anybody. */
@Staged(
    on = {Ground.POSTGRESQL, Ground.MARIADB},
    threads = {8})
final class ProducersTest {
  private static final Duration AT_ONCE = Duration.ZERO;
  private final Cast cast;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  ProducersTest(Cast cast) {
    this.cast = cast;
  }

  @Test
  void twoProducersAndTwoNodesDoNotHinderEachOther() throws Exception {
    play(1_000);
  }

  @Test
  @Tag("soak")
  void norWithTwentyThousandJobs() throws Exception {
    play(20_000);
  }

  private void play(int jobs) throws Exception {
    try (Scene scene = new Scene(dir, cast.ground().place(dir))) {
      List<ChaosNode> nodes =
          List.of(scene.node("app-1", cast.settings()), scene.node("app-2", cast.settings()));
      nodes.forEach(node -> node.awaitWorkers(Cast.PROCESSES));
      List<Producer> producers =
          List.of(
              Producer.start(scene, jobs / 2, 1, AT_ONCE),
              Producer.start(scene, jobs / 2, 1, AT_ONCE));
      for (Producer producer : producers) {
        assertThat(producer.await()).as("pushes that were refused").isZero();
      }
      scene.awaitDrained(Duration.ofMinutes(2));
      for (ChaosNode node : nodes) {
        assertThat(node.troubles()).isEmpty();
      }
      Audit.of(scene, List.of()).print(cast + ", two producers").assertNothingLost();
    }
  }
}
