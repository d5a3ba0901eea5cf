package io.jobyard.node;

import static io.jobyard.node.RunningNode.pooled;
import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.config.Mode;
import io.jobyard.config.QueueConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Twenty queues that share two processes. */
final class PoolTest {
  private static final int QUEUES = 20;

  @TempDir private Path dir;

  @ParameterizedTest
  @EnumSource(Mode.class)
  void twoProcessesServeTwentyQueuesAndAFloodInOneHoldsUpNoOther(Mode mode) throws Exception {
    try (var node =
        new RunningNode(
            dir,
            UnaryOperator.identity(),
            IntStream.range(0, QUEUES)
                .mapToObj(i -> pooled(mode, "all", queue("q" + i, 2, 2)))
                .toArray(QueueConfig[]::new))) {
      node.pushMany("q0", "nap", "{\"millis\":10}", 2_000);
      waiting("the flood to run").until(() -> node.status("q0").succeeded() > 20);
      assertThat(node.workers().workers())
          .hasSize(2)
          .allSatisfy(worker -> assertThat(worker.queue()).isEqualTo("all"));

      List<UUID> others =
          IntStream.range(1, QUEUES).mapToObj(i -> node.push("q" + i, "nothing", "{}")).toList();
      for (UUID id : others) {
        assertThat(node.awaitEnd(id).state()).isEqualTo(JobState.SUCCEEDED);
      }
      assertThat(node.status("q0").ready()).as("the flood waits").isPositive();

      UUID deadly = node.push("q1", "exit", "{\"code\":4}");
      assertThat(node.awaitEnd(deadly).state()).isEqualTo(JobState.FAILED);
      assertThat(node.job(deadly).queue()).isEqualTo("q1");
      waiting("the flood to be over")
          .atMost(Duration.ofMinutes(2))
          .until(() -> node.status("q0").succeeded() == 2_000);
      assertThat(node.status("q0").failed()).isZero();
    }
  }
}
