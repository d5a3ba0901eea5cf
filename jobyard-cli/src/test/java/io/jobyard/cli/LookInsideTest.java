package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.jobyard.view.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the command line shows of a job while it runs, with a node in the background. */
@TestInstance(Lifecycle.PER_CLASS)
class LookInsideTest {
  private Path folder;

  @BeforeAll
  void startNode(@TempDir Path shared) throws Exception {
    folder = shared;
    Files.writeString(
        folder.resolve("jobyard.yaml"),
        """
        node: n1
        store: sqlite:jobs.db
        aot: false
        queues:
          default: {processes: 2, memory: 64m}
          grabbing: {mode: grab, processes: 1, memory: 64m}
        """);
    assertThat(run("worker", "start", "-d").code()).isZero();
  }

  @AfterAll
  void stopNode() {
    assertThat(run("worker", "stop").code()).isZero();
  }

  @Test
  void followsWhatAJobPrintsToItsEnd() throws Exception {
    for (String queue : List.of("default", "grabbing")) {
      Path until = folder.resolve("until-" + queue);
      String id = push(queue, until, 25);
      var following = CompletableFuture.supplyAsync(() -> run("job", "log", "-f", id));
      waiting("it to run").until(() -> show(id).has("running"));
      Files.createFile(until);

      Ran ran = following.get(60, TimeUnit.SECONDS);
      assertThat(ran.code()).isZero();
      assertThat(ran.err()).isEmpty();
      List<String> lines = ran.out().lines().toList();
      assertThat(lines).hasSizeGreaterThanOrEqualTo(26).last().isEqualTo("the last word");
      assertThat(lines.subList(0, lines.size() - 1))
          .containsExactlyElementsOf(
              IntStream.range(0, lines.size() - 1).mapToObj(i -> "number " + i).toList());
    }
  }

  @Test
  void followsInJsonLineByLine() throws Exception {
    Path until = folder.resolve("until-json");
    String id = push("default", until, 3);
    var following = CompletableFuture.supplyAsync(() -> run("job", "log", "-f", id, "--json"));
    waiting("it to run").until(() -> show(id).has("running"));
    Files.createFile(until);

    Ran ran = following.get(60, TimeUnit.SECONDS);
    assertThat(ran.code()).isZero();
    List<JsonNode> documents =
        ran.out().lines().map(l -> Json.stored(l.getBytes(StandardCharsets.UTF_8))).toList();
    assertThat(documents)
        .hasSizeGreaterThanOrEqualTo(5)
        .allSatisfy(document -> assertThat(document.get("id").asString()).isEqualTo(id));
    assertThat(documents.subList(0, documents.size() - 1))
        .extracting(document -> document.get("line").asString())
        .startsWith("number 0", "number 1", "number 2")
        .endsWith("the last word");
    assertThat(documents.getLast().get("state").asString()).isEqualTo("SUCCEEDED");
  }

  @Test
  void showsWhereAJobStands() throws Exception {
    for (String queue : List.of("default", "grabbing")) {
      Path until = folder.resolve("until-shown-" + queue);
      String id = push(queue, until, 1);
      waiting("it to run").until(() -> show(id).at("/running/stack").asString("").contains("run("));

      JsonNode job = show(id);
      assertThat(job.at("/running/stack").asString()).contains("CountsAloud.run").contains(id);
      assertThat(job.at("/running/running_ms").asLong()).isPositive();
      assertThat(job.at("/running/worker_pid").asLong()).isPositive();
      assertThat(job.at("/progress/note").asString()).isEqualTo("counting");
      assertThat(job.at("/log/0").asString()).isEqualTo("number 0");
      waiting("its use of the processor")
          .until(() -> show(id).at("/running/process_cpu_ms").isNumber());
      assertThat(run("job", "show", id).out())
          .containsPattern("running   .* in worker \\d+ \\(generation 1\\)")
          .containsPattern("cpu       \\d+ ms of its process in the last \\d+ ms")
          .contains("progress ")
          .contains("at io.jobyard.cli.CountsAloud.run");
      Files.createFile(until);
      assertThat(run("job", "wait", id).code()).isZero();
    }
  }

  @Test
  void statusShowsWhatWorkersHoldAndDid() throws Exception {
    Path until = Files.createFile(folder.resolve("until-status"));
    for (String queue : List.of("default", "grabbing")) {
      assertThat(run("job", "wait", push(queue, until, 1)).code()).isZero();
      waiting("it to be counted")
          .until(() ->
              workers(queue).stream().mapToLong(worker -> worker.get("done").asLong()).sum() > 0);
      waiting("all to have told of their heaps")
          .untilAsserted(() ->
              assertThat(workers(queue))
                  .isNotEmpty()
                  .allSatisfy(worker -> {
                    assertThat(worker.get("generation").asInt()).isOne();
                    assertThat(worker.get("heap_mb").asLong()).isBetween(1L, 64L);
                    assertThat(worker.get("rss_mb").asLong()).isBetween(20L, 200L);
                  }));
    }
    assertThat(run("worker", "status").out()).contains("GENERATION", "DONE", "HEAP MB", "RSS MB");
  }

  /**
   * What is ignored here is ignored by every process that is started from here, as POSIX has it.
   */
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .anyMatch(line -> (Long.parseLong(line.substring(7).strip(), 16) & 2) != 0);
  }

  @Test
  void ctrlCEndsTheFollowing() throws Exception {
    assumeFalse(ignoresInterrupts(), "started in the background: Ctrl-C means nothing here");
    Path until = folder.resolve("until-int");
    String id = push("default", until, 1);
    Path out = folder.resolve("followed");
    Path err = folder.resolve("complained");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--config",
                folder.toString(),
                "job",
                "log",
                "-f",
                id)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS"); // every JVM says aloud that it took them
    Process following = builder.start();
    waiting("its first lines").until(() -> Files.readString(out).contains("number 3\n"));

    new ProcessBuilder("kill", "-INT", Long.toString(following.pid())).start().waitFor();

    assertThat(following.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(following.exitValue()).isZero();
    assertThat(Files.readString(err)).isEmpty();
    assertThat(show(id).get("state").asString()).isEqualTo("RUNNING");
    Files.createFile(until);
    assertThat(run("job", "wait", id).code()).isZero();
  }

  /** A busy machine needs its time to start processes. */
  private static ConditionFactory waiting(String what) {
    return await(what).atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(100));
  }

  private String push(String queue, Path until, int atLeast) {
    String payload = "{\"until\":\"%s\",\"atLeast\":%d}".formatted(until, atLeast);
    return run("push", "counts-aloud", payload, "--queue", queue, "--id-only").out().strip();
  }

  private JsonNode show(String id) {
    return run("job", "show", id, "--json").json();
  }

  private List<JsonNode> workers(String queue) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode worker : run("worker", "status", "--json").json().get("workers")) {
      if (worker.get("queue").asString().equals(queue)) {
        found.add(worker);
      }
    }
    return found;
  }

  private Ran run(String... arguments) {
    return Ran.in(folder, arguments);
  }
}
