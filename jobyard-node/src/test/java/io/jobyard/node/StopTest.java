package io.jobyard.node;

import static io.jobyard.node.RunningNode.lines;
import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobState;
import io.jobyard.JobyardException;
import io.jobyard.config.Config;
import io.jobyard.node.control.NodeControl;
import io.jobyard.store.Counts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a node ends. */
final class StopTest {
  @TempDir private Path dir;

  @Test
  void runningJobsEndAndOthersGoBack() throws Exception {
    Path file = dir.resolve("f");
    String sleep = "{\"file\":\"" + file + "\",\"millis\":800}";
    UUID running;
    UUID waiting;
    try (var node = new RunningNode(dir, UnaryOperator.identity(), queue("default", 1, 1))) {
      running = node.push("default", "sleep", sleep);
      waiting("it to run").until(() -> !lines(file).isEmpty());
      waiting = node.push("default", "sleep", sleep);

      try (NodeControl control = NodeControl.connect(node.config.runDir())) {
        control.stop();
      }
      node.manager.awaitStopped();

      assertThat(node.job(running).state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(node.job(waiting).state()).isEqualTo(JobState.READY);
      assertThat(node.job(waiting).counts()).isEqualTo(Counts.ZERO);
      assertThat(node.store.nodes()).isEmpty();
      assertThatThrownBy(() -> NodeControl.connect(node.config.runDir()))
          .isInstanceOf(JobyardException.class)
          .hasMessageContaining("no node runs here")
          .hasMessageContaining("jobyard worker start");
    }
    assertThat(Files.list(dir.resolve("run/workers"))).isEmpty();
  }

  @Test
  void aJobThatRunsOnIsKilledAndGoesBackUncharged() throws Exception {
    Path file = dir.resolve("f");
    try (var node = new RunningNode(dir, this::hurried, queue("default", 1, 2))) {
      UUID spinning = node.push("default", "spin", "{\"file\":\"" + file + "\"}");
      waiting("it to run").until(() -> !lines(file).isEmpty());

      node.manager.close();
      node.manager.close();

      assertThat(node.job(spinning).state()).isEqualTo(JobState.READY);
      assertThat(node.job(spinning).counts()).isEqualTo(Counts.ZERO);
      assertThat(alive(file)).isFalse();
    }
  }

  @Test
  void aSecondWordStopsAtOnce() throws Exception {
    Path file = dir.resolve("f");
    try (var node = new RunningNode(dir, UnaryOperator.identity(), queue("default", 1, 1))) {
      UUID sleeping = node.push("default", "sleep", "{\"file\":\"" + file + "\",\"millis\":60000}");
      waiting("it to run").until(() -> !lines(file).isEmpty());

      node.manager.stop();
      node.manager.stopNow();
      node.manager.awaitStopped();

      assertThat(node.job(sleeping).state()).isEqualTo(JobState.READY);
      assertThat(alive(file)).isFalse();
    }
  }

  @Test
  void aBootThatFailsLeavesNothingBehind() {
    Config config = RunningNode.config(dir, "test", queue("default", 1, 1));
    Manager manager =
        new Manager(
            config,
            config.queues().keySet(),
            () -> {
              throw new JobyardException("no store today");
            });

    assertThatThrownBy(manager::boot).hasMessage("no store today");
    manager.close();

    try (var node = new RunningNode(dir, UnaryOperator.identity(), queue("default", 1, 1))) {
      assertThat(node.workers().node()).isEqualTo("test");
    }
  }

  private Config hurried(Config config) {
    return new Config(
        config.base(),
        config.node(),
        config.store(),
        config.env(),
        config.classpath(),
        config.onStart(),
        config.watch(),
        config.aot(),
        config.runDir(),
        config.log(),
        config.lease(),
        Duration.ofMillis(300),
        config.pushTimeout(),
        config.pushBuffer(),
        config.migrate(),
        config.tables(),
        null,
        config.queues());
  }

  static boolean alive(Path file) throws Exception {
    List<String> lines = lines(file);
    long pid = Long.parseLong(lines.getFirst().substring("began ".length()));
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
  }
}
