package io.jobyard.node;

import static io.jobyard.node.RunningNode.lines;
import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.staffed;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.config.Mode;
import io.jobyard.config.Staffing;
import io.jobyard.node.process.WorkerView;
import io.jobyard.store.JobView;
import io.jobyard.store.QueueStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Workers that have served long enough, or hold too much, are replaced; no job fails from it. */
@TestInstance(Lifecycle.PER_CLASS)
class RenewalTest {
  private static final long MB = 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Path dumps;
  private RunningNode node;

  Mode mode() {
    return Mode.DISTRIBUTE;
  }

  @BeforeAll
  void boot(@TempDir Path dir) {
    dumps = dir.resolve("dumps");
    node =
        new RunningNode(
            dir,
            UnaryOperator.identity(),
            staffed(
                queue("fresh", 1, 1), new Staffing(mode(), null, null, 1, Duration.ZERO, 0, null)),
            staffed(
                queue("counted", 2, 4),
                new Staffing(mode(), null, null, 100, Duration.ZERO, 0, null)),
            staffed(
                queue("steady", 2, 1),
                new Staffing(mode(), null, null, 40, Duration.ZERO, 0, null)),
            staffed(
                queue("aged", 1, 1),
                new Staffing(mode(), null, null, 0, Duration.ofSeconds(1), 0, null)),
            staffed(
                queue("tarrying", 1, 1),
                new Staffing(mode(), null, null, 0, Duration.ofSeconds(1), 0, null)),
            staffed(
                queue("leaking", 1, 1),
                new Staffing(mode(), null, null, 0, Duration.ZERO, 0, null)),
            staffed(
                queue("large", 1, 1),
                new Staffing(mode(), null, null, 0, Duration.ZERO, 96 * MB, null)),
            staffed(
                queue("growing", 1, 1),
                new Staffing(mode(), null, null, 0, Duration.ZERO, 96 * MB, null)),
            staffed(
                queue("crowded", 1, 2),
                new Staffing(mode(), null, null, 0, Duration.ZERO, 96 * MB, null)),
            staffed(
                queue("dumping", 1, 1),
                new Staffing(mode(), null, null, 0, Duration.ZERO, 0, dumps)));
  }

  @AfterAll
  void stop() {
    node.close();
  }

  @Test
  void everyJobHasAProcessToItself(@TempDir Path files) throws Exception {
    Path file = files.resolve("f");
    node.pushMany("fresh", "leak", leak(file, 1), 8);

    waiting("all to succeed").atMost(PATIENCE).until(() -> node.status("fresh").succeeded() == 8);
    assertThat(lines(file)).hasSize(8).doesNotHaveDuplicates();
    WorkerView worker =
        node.workers().workers().stream()
            .filter(w -> w.queue().equals("fresh"))
            .reduce((older, younger) -> younger)
            .orElseThrow();
    assertThat(worker.replaced()).contains("max-jobs");
    assertThat(worker.replacements()).isGreaterThanOrEqualTo(7);
  }

  @Test
  void noWorkerRunsMoreThanMaxJobs(@TempDir Path files) throws Exception {
    Path file = files.resolve("f");
    node.pushMany("counted", "leak", leak(file, 0), 1_000);

    waiting("all to succeed")
        .atMost(PATIENCE)
        .until(() -> node.status("counted").succeeded() == 1_000);
    List<String> pids = lines(file);
    assertThat(pids).hasSize(1_000);
    assertThat(pids.stream().distinct().toList()).hasSizeGreaterThanOrEqualTo(10);
    for (String pid : pids.stream().distinct().toList()) {
      assertThat(pids.stream().filter(pid::equals).count()).isLessThanOrEqualTo(100);
    }
  }

  @Test
  void asManyTakeJobsWhileOthersAreReplaced() throws Exception {
    waiting("both workers").atMost(PATIENCE).until(() -> taking("steady") == 2);
    node.pushMany("steady", "nap", "{\"millis\":50}", 400);

    waiting("all to succeed")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> {
          assertThat(taking("steady")).as("workers that take jobs").isGreaterThanOrEqualTo(2);
          return node.status("steady").succeeded() == 400;
        });
    assertThat(node.workers().workers())
        .filteredOn(w -> w.queue().equals("steady"))
        .allSatisfy(w -> assertThat(w.replacements()).isGreaterThanOrEqualTo(2));
  }

  private long taking(String queue) {
    return node.workers().workers().stream()
        .filter(w -> w.queue().equals(queue))
        .filter(w -> w.state().equals("idle") || w.state().equals("busy"))
        .count();
  }

  @Test
  void anAgedWorkerIsRelievedInTheMiddleOfItsWork(@TempDir Path files) throws Exception {
    Path file = files.resolve("f");
    waiting("three workers to have worked")
        .atMost(PATIENCE)
        .until(() -> {
          UUID id = node.push("aged", "leak", leak(file, 1));
          assertThat(node.awaitEnd(id).state()).isEqualTo(JobState.SUCCEEDED);
          return lines(file).stream().distinct().count() >= 3;
        });
    assertThat(node.status("aged").failed()).isZero();
  }

  @Test
  void aSuccessorTakesJobsWhileTheOldProcessComesToItsEnd(@TempDir Path files) throws Exception {
    Path file = files.resolve("f");
    node.awaitEnd(node.push("tarrying", "tarry", "{\"file\":\"%s\"}".formatted(file)));
    long old = Long.parseLong(lines(file).getFirst());
    waiting("a successor to have worked")
        .atMost(PATIENCE)
        .until(() -> {
          node.awaitEnd(node.push("tarrying", "leak", leak(file, 1)));
          return lines(file).stream().distinct().count() >= 2;
        });
    assertThat(ProcessHandle.of(old)).as("the old process").isPresent();
    Files.createFile(files.resolve("f.go"));
  }

  @Test
  void jobsThatLeakMemoryDoNotFail(@TempDir Path files) throws Exception {
    leakAll(files.resolve("f"), 600);
  }

  @Test
  @Tag("soak")
  void tenThousandJobsThatLeakMemoryDoNotFail(@TempDir Path files) throws Exception {
    leakAll(files.resolve("f"), 10_000);
  }

  private void leakAll(Path file, int jobs) throws Exception {
    long before = node.status("leaking").succeeded();
    node.pushMany("leaking", "leak", leak(file, 256), jobs);

    waiting("all to end")
        .atMost(Duration.ofMinutes(6))
        .until(() -> {
          // At one look: what is given back goes from running to ready.
          QueueStatus now = node.status("leaking");
          return now.ready() + now.running() == 0;
        });
    assertThat(node.status("leaking").failed()).isZero();
    assertThat(node.status("leaking").succeeded()).isEqualTo(before + jobs);
    assertThat(lines(file)).hasSize(jobs);
    long processes = lines(file).stream().distinct().count();
    System.out.printf("%d leaking jobs in %d processes%n", jobs, processes);
    assertThat(processes).isGreaterThanOrEqualTo(jobs / 256);
    assertThat(node.workers().workers())
        .filteredOn(w -> w.queue().equals("leaking"))
        .anySatisfy(w -> assertThat(w.replaced()).contains("heap in use"));
  }

  @Test
  void aWorkerThatHoldsTooMuchOfTheMachineIsReplacedAndItsJobEndsWell(@TempDir Path files)
      throws Exception {
    Path file = files.resolve("f");
    UUID id = node.push("large", "native", hold(file, 50, 0, 4_000));
    waiting("the job").until(() -> !lines(file).isEmpty());
    String worker = lines(file).getFirst();

    assertThat(node.awaitEnd(id).state()).isEqualTo(JobState.SUCCEEDED);
    // Until its successor is up, it may get more; they must not take what it has left.
    AtomicInteger tries = new AtomicInteger();
    waiting("another worker")
        .until(() -> {
          Path next = files.resolve("next-" + tries.incrementAndGet());
          node.awaitEnd(node.push("large", "native", hold(next, 0, 0, 50)));
          return !lines(next).getFirst().equals(worker);
        });
  }

  @Test
  void aWorkerThatHoldsFarTooMuchIsKilledAndItsJobSaysSo(@TempDir Path files) throws Exception {
    assertKilled(node.push("large", "native", hold(files.resolve("f"), 60, 45, 60_000)));
  }

  @Test
  void itIsKilledAlsoOnceAnotherHasItsPlace(@TempDir Path files) throws Exception {
    Path file = files.resolve("f");
    UUID id =
        node.push(
            "growing", "swell", "{\"file\":\"%s\",\"megabytes\":50,\"inHeap\":45}".formatted(file));
    waiting("its successor")
        .until(() ->
            node.workers().workers().stream()
                    .filter(w -> w.queue().equals("growing") && !w.state().equals("starting"))
                    .count()
                == 2);
    Files.createFile(files.resolve("f.go"));

    assertKilled(id);
  }

  @Test
  void itIsKilledAlsoWhereASuspectRunsAlone(@TempDir Path files) throws Exception {
    Path beside = files.resolve("beside");
    UUID innocent =
        node.push("crowded", "sleep", "{\"file\":\"%s\",\"millis\":5000}".formatted(beside));
    waiting("the job beside it").until(() -> !lines(beside).isEmpty());

    assertKilled(node.push("crowded", "native", hold(files.resolve("f"), 60, 45, 60_000)));
    assertThat(node.awaitEnd(innocent).state()).isEqualTo(JobState.SUCCEEDED);
  }

  private void assertKilled(UUID id) {
    JobView job = node.awaitEnd(id);
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.errors())
        .singleElement()
        .satisfies(failure -> {
          assertThat(failure.type()).isEqualTo(FailureType.OUT_OF_MEMORY);
          assertThat(failure.message()).contains("rss allows (96 MB)");
        });
  }

  @Test
  void aJobThatRunsOutOfMemoryNamesTheHeapItLeft() {
    JobView job = node.awaitEnd(node.push("dumping", "hog", "{}"));

    assertThat(job.errors())
        .singleElement()
        .satisfies(failure -> {
          assertThat(failure.type()).isEqualTo(FailureType.OUT_OF_MEMORY);
          Path dump = dumps.resolve("dumping").resolve("java_pid" + failure.workerPid() + ".hprof");
          assertThat(failure.message()).endsWith("its heap is in " + dump);
          assertThat(Files.exists(dump)).isTrue();
        });
  }

  private static String leak(Path file, int kilobytes) {
    return "{\"file\":\"" + file + "\",\"kilobytes\":" + kilobytes + "}";
  }

  private static String hold(Path file, int megabytes, int inHeap, long millis) {
    return "{\"file\":\"%s\",\"megabytes\":%d,\"inHeap\":%d,\"millis\":%d}"
        .formatted(file, megabytes, inHeap, millis);
  }
}
