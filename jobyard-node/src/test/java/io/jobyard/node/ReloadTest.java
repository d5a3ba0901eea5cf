package io.jobyard.node;

import static io.jobyard.node.RunningNode.in;
import static io.jobyard.node.RunningNode.lines;
import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.staffed;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.config.Config;
import io.jobyard.config.Mode;
import io.jobyard.config.QueueConfig;
import io.jobyard.config.Staffing;
import io.jobyard.node.control.NodeControl;
import io.jobyard.node.control.StatusView;
import io.jobyard.node.generation.Reloads;
import io.jobyard.node.generation.Variant;
import io.jobyard.node.process.WorkerView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** New code while work goes on, and the old where the new is no good. */
final class ReloadTest {
  /** JVMs start one after another here, on machines that do other things too. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path dir;
  private Path jar;

  @BeforeEach
  void firstVersion() throws IOException {
    jar = Files.write(dir.resolve("app.jar"), Variant.jar("1"));
  }

  private RunningNode node(boolean watch) {
    return node(watch, queue("default", 2, 2));
  }

  private RunningNode node(boolean watch, QueueConfig queue) {
    return new RunningNode(dir, config -> of(config, watch), queue);
  }

  private static Config of(Config config, boolean watch) {
    return new Config(
        config.base(),
        config.node(),
        config.store(),
        config.env(),
        List.of("app.jar"),
        "app.Boot",
        watch,
        false,
        config.runDir(),
        config.log(),
        config.lease(),
        config.stopTimeout(),
        config.pushTimeout(),
        config.pushBuffer(),
        config.migrate(),
        config.tables(),
        null,
        config.queues());
  }

  private UUID push(RunningNode node, int millis) {
    return node.push(
        "default",
        "versioned",
        "{\"file\":\"%s\",\"pushed\":%d,\"millis\":%d}"
            .formatted(dir.resolve("ran"), System.nanoTime(), millis));
  }

  /** The version that a job runs with now. */
  private String version(RunningNode node) throws IOException {
    UUID job = push(node, 0);
    waiting("job " + job).atMost(PATIENCE).until(() -> node.job(job).state().finished());
    return ran(job);
  }

  private String ran(UUID job) throws IOException {
    List<String> runs =
        lines(dir.resolve("ran")).stream().filter(l -> l.startsWith(job.toString())).toList();
    assertThat(runs).hasSize(1);
    return runs.getFirst().split(" ")[1];
  }

  private static Reloads reload(RunningNode node) {
    try (NodeControl control = NodeControl.connect(node.config.runDir())) {
      return control.reload();
    }
  }

  private static Set<Integer> generations(StatusView status) {
    return status.workers().stream().map(WorkerView::generation).collect(Collectors.toSet());
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void theNewCodeGetsTheJobsAndTheOldEndsWhatItRuns(Mode mode) throws Exception {
    try (var node = node(false, in(mode, queue("default", 2, 2)))) {
      UUID slow = push(node, -1);
      waiting("the slow job to run").until(() -> lines(dir.resolve("ran")).size() == 1);
      Files.write(jar, Variant.jar("2")); // in place

      Reloads result = reload(node);

      assertThat(result.result()).isEqualTo("reloaded");
      assertThat(result.generation()).isEqualTo(2);
      assertThat(version(node)).isEqualTo("2");
      assertThat(node.job(slow).state().finished()).as("the slow job is still running").isFalse();
      Files.createFile(dir.resolve("ran.go"));
      node.awaitEnd(slow);
      assertThat(ran(slow)).isEqualTo("1");
      waiting("the old workers to leave")
          .until(() -> generations(node.workers()).equals(Set.of(2)));
      assertThat(node.workers().workers()).hasSize(2);
      waiting("the old copy to go").until(() -> copies().equals(Set.of("2")));
    }
  }

  @Test
  void codeThatDoesNotComeUpChangesNothing() throws Exception {
    try (var node = node(false)) {
      waiting("the workers")
          .atMost(PATIENCE)
          .until(() ->
              node.workers().workers().stream().allMatch(worker -> worker.state().equals("idle")));
      List<Long> before = pids(node);
      byte[] whole = Variant.jar("2");

      Files.write(jar, Arrays.copyOf(whole, whole.length - 100));
      assertThat(reload(node).reason()).contains("app.jar is not a whole jar");
      Files.write(jar, Variant.jar("2", "throw new IllegalStateException(\"no luck\");"));
      assertThat(reload(node).reason()).contains("no luck");
      Files.delete(jar);
      assertThat(reload(node).reason()).contains("app.jar does not exist");

      assertThat(node.workers().reloads().result()).isEqualTo("kept");
      assertThat(node.workers().reloads().generation()).isEqualTo(1);
      assertThat(version(node)).isEqualTo("1");
      waiting("those that did not come up to be gone").until(() -> pids(node).equals(before));
      Files.write(jar, whole);
      assertThat(reload(node).reason()).isNull();
      assertThat(version(node)).isEqualTo("2");
    }
  }

  @Test
  void aWatchedChangeTakesEffectByItself() throws Exception {
    try (var node = node(true)) {
      assertThat(version(node)).isEqualTo("1");
      byte[] last = Variant.jar("11");
      for (int i = 0; i < 10; i++) { // half-written, in place
        Files.write(jar, Arrays.copyOf(last, last.length / 2 + i));
      }
      Path fresh = Files.write(dir.resolve("app.jar.new"), last);
      Files.move(fresh, jar, StandardCopyOption.REPLACE_EXISTING);

      waiting("the last version to run").atMost(PATIENCE).until(() -> version(node).equals("11"));

      assertThat(node.workers().reloads().reason()).isNull();
    }
  }

  @Test
  void aNewerChangeTakesThePlaceOfOneThatHangs() throws Exception {
    try (var node = node(true)) {
      assertThat(version(node)).isEqualTo("1");
      Files.write(jar, Variant.jar("2", "Thread.sleep(600_000);"));
      waiting("the second to be tried")
          .atMost(PATIENCE)
          .until(() -> generations(node.workers()).equals(Set.of(1, 2)));

      Files.write(jar, Variant.jar("3"));

      waiting("the third to run").atMost(PATIENCE).until(() -> version(node).equals("3"));
      waiting("the others to be gone").until(() -> generations(node.workers()).equals(Set.of(3)));
    }
  }

  @Test
  void jobsOfAQueueWithoutWorkersRunWhileNewCodeHangs() throws Exception {
    var onDemand = new Staffing(Mode.DISTRIBUTE, null, 0, 0, Duration.ZERO, 0, null);
    try (var node = node(true, staffed(queue("default", 2, 1), onDemand))) {
      Files.write(jar, Variant.jar("2", "Thread.sleep(600_000);"));
      waiting("the second to be tried")
          .atMost(PATIENCE)
          .until(() -> generations(node.workers()).equals(Set.of(2)));

      assertThat(version(node)).isEqualTo("1");

      Files.write(jar, Variant.jar("3"));
      waiting("the third to run").atMost(PATIENCE).until(() -> version(node).equals("3"));
    }
  }

  private static List<Long> pids(RunningNode node) {
    return node.workers().workers().stream().map(WorkerView::pid).sorted().toList();
  }

  private Set<String> copies() throws IOException {
    try (Stream<Path> copies = Files.list(dir.resolve("run/generations"))) {
      return copies.map(copy -> copy.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
