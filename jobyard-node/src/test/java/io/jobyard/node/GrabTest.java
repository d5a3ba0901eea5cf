package io.jobyard.node;

import static io.jobyard.node.RunningNode.in;
import static io.jobyard.node.RunningNode.lines;
import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.config.Mode;
import io.jobyard.store.Counts;
import io.jobyard.store.JobView;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that take their jobs from the store themselves, killed and frozen in the middle. */
final class GrabTest {
  @TempDir private static Path dir;
  private static RunningNode node;

  @BeforeAll
  static void boot() {
    node =
        new RunningNode(
            dir,
            UnaryOperator.identity(),
            in(Mode.GRAB, queue("killed", 1, 1)),
            in(Mode.GRAB, queue("shared", 1, 4)),
            in(Mode.GRAB, queue("frozen", 1, 1)),
            in(Mode.GRAB, queue("loops", 1, 1)));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void aKilledWorkersJobIsChargedAndTheNextOneIsNot(@TempDir Path files) throws Exception {
    Path file = files.resolve("f");
    UUID killed = node.push("killed", "sleep", sleep(file, 60_000));
    UUID behind = node.push("killed", "nothing", "{}");
    long worker = worker(file);

    signal("KILL", worker);

    JobView job = node.awaitEnd(killed);
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.errors())
        .singleElement()
        .satisfies(failure -> {
          assertThat(failure.type()).isEqualTo(FailureType.KILLED);
          assertThat(failure.workerPid()).isEqualTo(worker);
        });
    assertThat(node.awaitEnd(behind).counts()).isEqualTo(Counts.ZERO);
  }

  @Test
  void ofSeveralInAKilledWorkerNoneIsCharged(@TempDir Path files) throws Exception {
    Path first = files.resolve("1");
    Path second = files.resolve("2");
    UUID one = node.push("shared", "sleep", sleep(first, 1_000));
    UUID two = node.push("shared", "sleep", sleep(second, 1_000));
    long worker = worker(first);
    assertThat(worker(second)).isEqualTo(worker);

    signal("KILL", worker);

    for (UUID id : List.of(one, two)) {
      JobView job = node.awaitEnd(id);
      assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
      assertThat(job.counts()).isEqualTo(Counts.ZERO);
    }
    assertThat(lines(first)).hasSize(3);
    assertThat(lines(second)).hasSize(3);
  }

  @Test
  void aWorkerFrozenWhileIdleIsReplaced() throws Exception {
    waiting("the worker").until(() -> idle("frozen") != 0);
    long worker = idle("frozen");

    signal("STOP", worker);
    UUID id = node.push("frozen", "nothing", "{}");

    assertThat(node.awaitEnd(id).counts()).isEqualTo(Counts.ZERO);
    waiting("its end")
        .until(() -> ProcessHandle.of(worker).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void aCancelledLoopEndsAndCountsAreTold(@TempDir Path files) throws Exception {
    Path file = files.resolve("f");
    node.pushMany("loops", "nothing", "{}", 10);
    UUID loop = node.push("loops", "spin", "{\"file\":\"" + file + "\"}");
    long worker = worker(file);
    waiting("its place in the status")
        .until(() ->
            node.workers().workers().stream()
                .anyMatch(w -> w.pid() == worker && w.jobs().equals(List.of(loop.toString()))));
    assertThat(node.workers().workers())
        .filteredOn(w -> w.pid() == worker)
        .singleElement()
        .satisfies(w -> assertThat(w.done()).isEqualTo(10));

    node.store.cancel(List.of(loop));

    assertThat(node.awaitEnd(loop).state()).isEqualTo(JobState.CANCELLED);
  }

  private static String sleep(Path file, long millis) {
    return "{\"file\":\"" + file + "\",\"millis\":" + millis + "}";
  }

  /** The process that runs the job, once it does. */
  private static long worker(Path file) throws Exception {
    waiting("the job to run").until(() -> !lines(file).isEmpty());
    return Long.parseLong(lines(file).getFirst().substring("began ".length()));
  }

  private static long idle(String queue) {
    return node.workers().workers().stream()
        .filter(w -> w.queue().equals(queue) && w.state().equals("idle"))
        .findFirst()
        .map(w -> w.pid())
        .orElse(0L);
  }

  private static void signal(String name, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor())
        .isZero();
  }
}
