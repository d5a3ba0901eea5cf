package io.jobyard.node;

import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.staffed;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.config.Mode;
import io.jobyard.config.Staffing;
import io.jobyard.node.control.NodeControl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Queues whose number of worker processes follows the work. */
final class ElasticTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path dir;

  @ParameterizedTest
  @EnumSource(Mode.class)
  void processesComeWithTheJobsAndLeaveAfterThem(Mode mode) {
    var staffing = new Staffing(mode, null, 0, 0, Duration.ZERO, 0, null);
    try (var node =
        new RunningNode(dir, UnaryOperator.identity(), staffed(queue("default", 3, 1), staffing))) {
      assertThat(node.workers().workers()).isEmpty();

      UUID first = node.push("default", "nap", "{\"millis\":1}");
      assertThat(node.awaitEnd(first).state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(node.workers().workers()).hasSize(1);

      node.pushMany("default", "nap", "{\"millis\":100}", 150);
      waiting("three processes")
          .atMost(PATIENCE)
          .until(() -> node.workers().workers().stream().filter(w -> w.done() > 0).count() == 3);
      waiting("all to be done")
          .atMost(PATIENCE)
          .until(() -> node.status("default").succeeded() == 151);
      waiting("all to leave").atMost(PATIENCE).until(() -> node.workers().workers().isEmpty());
      assertThat(node.status("default").failed()).isZero();
    }
  }

  @Test
  void newCodeIsTriedOutAlsoWhereNoProcessIs() throws Exception {
    var staffing = new Staffing(Mode.DISTRIBUTE, null, 0, 0, Duration.ZERO, 0, null);
    try (var node =
        new RunningNode(dir, UnaryOperator.identity(), staffed(queue("default", 2, 1), staffing))) {
      try (var control = NodeControl.connect(node.config.runDir())) {
        assertThat(control.reload().generation()).isEqualTo(2);
      }
      UUID job = node.push("default", "nothing", "{}");
      assertThat(node.awaitEnd(job).state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(node.workers().workers())
          .allSatisfy(worker -> assertThat(worker.generation()).isEqualTo(2));
    }
  }
}
