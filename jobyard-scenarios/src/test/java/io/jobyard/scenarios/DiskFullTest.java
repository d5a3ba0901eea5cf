package io.jobyard.scenarios;

import static io.jobyard.scenarios.Scene.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.scenarios.Death.Standstill;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A manager that cannot write any more waits, says so once, and goes on by itself. The limit of a
 * process's file sizes stands for the full disk: it needs no file system of its own.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "prlimit is Linux's")
class DiskFullTest {
  private static final Pattern TROUBLE =
      Pattern.compile("cannot [^,]*(?=, trying again until it works)");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  @Test
  void aNodeWithoutRoomWaitsAndGoesOnOnceThereIsSome() throws Exception {
    try (Scene scene = new Scene(dir)) {
      ChaosNode node =
          scene.node("app-1", "queues:\n  default: {processes: 2, threads: 4, memory: 64m}\n");
      scene.pushAll(Scene.QUEUE, "chaos-work", ",\"millis\":5", 1_000);
      waiting(PATIENCE, "some jobs to end").until(() -> scene.ledger.ended().size() > 100);

      limitFiles(node, "65536");
      scene.pushAll(Scene.QUEUE, "chaos-work", ",\"millis\":5", 1_000);
      waiting(PATIENCE, "the node to say that it cannot write")
          .until(() -> troubles(node).containsKey("cannot settle outcomes"));
      long succeeded = scene.status().succeeded();
      assertThat(node.alive()).isTrue();
      limitFiles(node, "unlimited");

      scene.awaitDrained(PATIENCE);
      assertThat(succeeded).isLessThan(2_000);
      assertThat(scene.ledger.ended()).isEqualTo(scene.pushed);
      assertThat(Doubles.of(scene.ledger.lines(), List.of(), Standstill.NONE).unexcused())
          .isEmpty();
      assertThat(troubles(node).values()).as("one line a change").allMatch(count -> count == 1);
    }
  }

  /** What the node could not do, and how often it said so. */
  private static Map<String, Long> troubles(ChaosNode node) {
    return node.log().stream()
        .flatMap(line -> TROUBLE.matcher(line).results())
        .collect(Collectors.groupingBy(MatchResult::group, Collectors.counting()));
  }

  private static void limitFiles(ChaosNode node, String bytes)
      throws IOException, InterruptedException {
    Process prlimit =
        new ProcessBuilder(
                "prlimit", "--pid", Long.toString(node.pid()), "--fsize=" + bytes + ":unlimited")
            .inheritIO()
            .start();
    assertThat(prlimit.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(prlimit.exitValue()).isZero();
  }
}
