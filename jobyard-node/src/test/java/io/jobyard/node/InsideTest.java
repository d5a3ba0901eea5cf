package io.jobyard.node;

import static io.jobyard.node.RunningNode.in;
import static io.jobyard.node.RunningNode.onStart;
import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.Progress;
import io.jobyard.config.Mode;
import io.jobyard.node.control.NodeControl;
import io.jobyard.node.process.JobSight;
import io.jobyard.node.process.LiveRuns;
import io.jobyard.store.JobView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What a running job prints and where it stands, with real processes. */
@TestInstance(Lifecycle.PER_CLASS)
class InsideTest {
  private RunningNode node;
  private AuditTrail nodeLog;

  Mode mode() {
    return Mode.DISTRIBUTE;
  }

  @BeforeAll
  void boot(@TempDir Path dir) {
    nodeLog = new AuditTrail("jobyard.output");
    nodeLog.only();
    node =
        new RunningNode(
            dir,
            UnaryOperator.identity(),
            in(mode(), onStart(queue("solo", 1, 1), Talkative.Boot.class.getName())),
            in(mode(), queue("wide", 1, 50)));
  }

  @AfterAll
  void stop() {
    node.close();
    nodeLog.close();
  }

  @Test
  void ofFiftyJobsInOneProcessEachHasItsOwnLines() {
    Map<String, UUID> jobs = new LinkedHashMap<>();
    for (int i = 0; i < 50; i++) {
      String name = "speaker-" + i;
      jobs.put(name, node.push("wide", "prints", json("name", name, "lines", 10)));
    }

    jobs.forEach((name, id) -> {
      JobView job = node.awaitEnd(id);
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      List<String> printed = IntStream.range(0, 10).mapToObj(i -> name + " " + i).toList();
      assertThat(job.log())
          .hasSize(33)
          .containsAll(printed)
          .contains("INFO  talk - " + name + " logged", name + " said")
          .endsWith(name + " has no end")
          .allSatisfy(line -> assertThat(line).contains(name));
      for (String line : printed) {
        assertThat(job.log()).filteredOn(line::equals).hasSize(3);
      }
    });
  }

  @Test
  void theNodesLogHasItToo() {
    node.awaitEnd(node.push("solo", "prints", json("name", "heard", "lines", 2)));

    waiting("its lines")
        .until(
            () -> nodeLog.lines().stream().anyMatch(line -> line.endsWith("] heard has no end")));
    assertThat(nodeLog.lines())
        .filteredOn(line -> line.startsWith("[solo-") && line.contains("] heard 1"))
        .hasSize(3);
    assertThat(nodeLog.lines()).noneMatch(line -> line.contains("heard said"));
  }

  @Test
  void whatNoJobPrintsIsNoJobs(@TempDir Path files) throws IOException {
    Path goOn = files.resolve("go-on");
    JobView job = node.awaitEnd(node.push("solo", "leaves", json("goOn", goOn)));
    Files.createFile(goOn);

    waiting("what came after")
        .until(() -> nodeLog.lines().stream().anyMatch(l -> l.endsWith("] printed long after")));
    assertThat(nodeLog.lines()).anyMatch(line -> line.endsWith("] on-start prints"));
    assertThat(node.job(job.id()).log()).containsExactly("printed within");
  }

  @Test
  void aFloodCostsNobodyAnything() {
    UUID flood = node.push("wide", "floods", json("megabytes", 300, "lineLength", 100));
    UUID gush = node.push("wide", "floods", json("megabytes", 300, "lineLength", 200_000));
    JobView beside = node.awaitEnd(node.push("wide", "nothing", "{}"));

    assertThat(beside.state()).isEqualTo(JobState.SUCCEEDED);
    for (UUID id : List.of(flood, gush)) {
      JobView job = node.awaitEnd(id);
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.counts().crashed()).isZero();
      assertThat(job.log()).hasSizeLessThanOrEqualTo(1_000);
      assertThat(job.log().stream().mapToInt(String::length).sum()).isLessThan(270_000);
      assertThat(job.log()).last().asString().contains("left out");
      assertThat(said(id).orElseThrow().next()).isLessThan(60_000);
    }
  }

  @Test
  void noiseBecomesLines() {
    JobView job = node.awaitEnd(node.push("solo", "garbles", "{}"));

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(job.log()).endsWith("e").contains("x".repeat(4 * 1024));
    assertThat(job.log()).allSatisfy(line -> assertThat(line.length()).isLessThan(4 * 1024 + 1));
  }

  @Test
  void aJobAloneInItsProcessIsSeenWithItsThreadsAndItsCpu(@TempDir Path files) throws Exception {
    Path until = files.resolve("until");
    UUID id = node.push("solo", "stands", json("until", until, "spinMillis", 1_500));

    waiting("it to stand").until(() -> progress(id).equals("standing"));
    JobSight sight = sight(id).orElseThrow();
    assertThat(sight.stack()).contains("job-" + id).contains("Stands.standing");
    assertThat(sight.threads())
        .contains("\"helper-p\" ")
        .contains("\"helper-v\" virtual")
        .contains("Talkative$Stands.helping")
        .doesNotContain("jobyard-");
    assertThat(sight.processCpuMs()).isNotNull().isGreaterThan(200);
    assertThat(sight.processCpuOverMs()).isNotNull().isLessThanOrEqualTo(sight.runningMs());
    assertThat(sight.silence()).isNull();
    assertThat(ProcessHandle.of(sight.workerPid())).isPresent();

    Files.createFile(until);
    assertThat(node.awaitEnd(id).state()).isEqualTo(JobState.SUCCEEDED);
    waiting("it to be gone").until(() -> sight(id).isEmpty());
  }

  @Test
  void ofManyInAProcessEachHasItsStackAndNoCpu(@TempDir Path files) throws Exception {
    Path until = files.resolve("until");
    List<UUID> jobs =
        IntStream.range(0, 3)
            .mapToObj(i -> node.push("wide", "stands", json("until", until, "spinMillis", 1)))
            .toList();

    for (UUID id : jobs) {
      waiting("it to stand").until(() -> progress(id).equals("standing"));
      JobSight sight = sight(id).orElseThrow();
      assertThat(sight.stack()).contains("job-" + id).contains("Stands.standing");
      assertThat(sight.threads()).isNull();
      assertThat(sight.processCpuMs()).isNull();
    }
    Files.createFile(until);
    jobs.forEach(id -> assertThat(node.awaitEnd(id).state()).isEqualTo(JobState.SUCCEEDED));
  }

  @Test
  void aFrozenWorkerHoldsUpNobodyWhoAsks(@TempDir Path files) throws Exception {
    Path until = files.resolve("until");
    UUID id = node.push("solo", "stands", json("until", until, "spinMillis", 1));
    waiting("it to stand").until(() -> progress(id).equals("standing"));
    long pid = sight(id).orElseThrow().workerPid();

    signal("STOP", pid);
    try {
      long asked = System.nanoTime();
      JobSight sight = sight(id).orElseThrow();
      assertThat(System.nanoTime() - asked).isLessThan(5_000_000_000L);
      assertThat(sight.stack()).isNull();
      assertThat(sight.silence()).contains("worker " + pid + " did not answer within 2 s");
      assertThat(progress(id)).isEqualTo("standing");
    } finally {
      signal("CONT", pid);
    }
    waiting("it to answer again").until(() -> sight(id).orElseThrow().stack() != null);
    Files.createFile(until);
    assertThat(node.awaitEnd(id).state()).isEqualTo(JobState.SUCCEEDED);
  }

  private static void signal(String name, long pid) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
  }

  private String progress(UUID id) {
    return said(id).map(LiveRuns.Said::progress).map(Progress::note).orElse("nothing yet");
  }

  private Optional<LiveRuns.Said> said(UUID id) {
    try (NodeControl control = NodeControl.connect(node.config.runDir())) {
      return control.said(id, 0);
    }
  }

  private Optional<JobSight> sight(UUID id) {
    try (NodeControl control = NodeControl.connect(node.config.runDir())) {
      return control.look(id);
    }
  }

  private static String json(String name, Object value) {
    return "{\"%s\":\"%s\"}".formatted(name, value);
  }

  private static String json(String name, Object value, String number, int is) {
    return value instanceof Integer
        ? "{\"%s\":%s,\"%s\":%d}".formatted(name, value, number, is)
        : "{\"%s\":\"%s\",\"%s\":%d}".formatted(name, value, number, is);
  }
}
