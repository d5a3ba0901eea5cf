package io.jobyard.scenarios;

import static io.jobyard.scenarios.Scene.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Failure;
import io.jobyard.JobState;
import io.jobyard.scenarios.Line.What;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.testing.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** Jobs that hang, or take their process along, on one node with a queue for each kind of harm. */
@Staged(on = Ground.SQLITE)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Isolated("it measures when a slot is back")
class PoisonTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long TIMEOUT_AND_GRACE = Duration.ofMillis(1_500).toNanos();

  /** The promise is a second; a machine that builds elsewhere meanwhile starts JVMs slower. */
  private static final long SLOT_BACK = Duration.ofSeconds(5).toNanos();

  @Parameter private Cast cast;

  private Scene scene;

  @BeforeParameterizedClassInvocation(injectArguments = false)
  void start(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path dir) throws Exception {
    scene = new Scene(dir, cast.ground().place(dir));
    scene.node(
        "app-1",
        """
        queues:
          default: {mode: %1$s, processes: 1}
          handlers: {mode: %1$s, processes: 1, retries: 0, max-crashes: 2}
          dying: {mode: %1$s, processes: 1, retries: 0, max-crashes: 1, memory: 32m}
          loops: {mode: %1$s, processes: 1, timeout: 1s, kill-grace: 500ms}
          mates:
            mode: %1$s
            processes: 1
            threads: 4
            timeout: 1s
            kill-grace: 500ms
            keep-succeeded: 1h
          crowd: {mode: %1$s, processes: 1, threads: 20, max-crashes: 2, keep-succeeded: 1h}
          calm: {mode: %1$s, processes: 1}
          idle: {mode: %1$s, processes: 1, keep-succeeded: 1h}
        """
            .formatted(cast.mode().word()));
  }

  @AfterParameterizedClassInvocation
  void close() {
    scene.close();
  }

  @Test
  void aHandlerWhoseWorkerIsKilledRunsAgainAndTheBodyDoesNot() {
    UUID id = push("handlers", "chaos-fail", ",\"halt\":false");
    for (int run = 1; run <= 2; run++) {
      int runs = run;
      waiting(PATIENCE, "handler run " + run).until(() -> lines(id, What.HANDLER).size() == runs);
      Signal.KILL.send(lines(id, What.HANDLER).getLast().worker());
    }
    JobView job = scene.awaitState(id, JobState.FAILED, PATIENCE);
    assertThat(types(job)).containsExactly("exception", "killed", "killed");
    assertThat(lines(id, What.START)).hasSize(1);
    assertThat(lines(id, What.HANDLER)).hasSize(2);
  }

  @Test
  void aHandlerThatHaltsTheJvmRunsAgainAndTheBodyDoesNot() {
    UUID id = push("handlers", "chaos-fail", ",\"halt\":true");
    JobView job = scene.awaitState(id, JobState.FAILED, PATIENCE);
    assertThat(types(job)).hasSize(3).startsWith("exception");
    assertThat(lines(id, What.START)).hasSize(1);
    assertThat(lines(id, What.HANDLER)).hasSize(2);
  }

  @Test
  void whatTookTheProcessAlongIsSaidAndTheQueueGoesOn() {
    UUID exit = other("dying", "chaos-exit", "\"code\":7");
    UUID halt = other("dying", "chaos-halt", "\"code\":8,\"go\":\"\"");
    UUID memory = other("dying", "chaos-hoard", "");
    UUID fault = other("dying", "chaos-segfault", "");
    UUID behind = push("dying", "chaos-work", ",\"millis\":1");

    waiting(PATIENCE, "the job behind").until(() -> !lines(behind, What.END).isEmpty());
    assertThat(lastError(exit).type().word()).isEqualTo("crash");
    assertThat(lastError(exit).message()).contains("code 7").contains("System.exit");
    assertThat(lastError(halt).type().word()).isEqualTo("crash");
    assertThat(lastError(halt).message()).contains("code 8").contains("halt");
    assertThat(lastError(memory).type().word()).isEqualTo("out-of-memory");
    assertThat(lastError(fault).type().word()).isEqualTo("crash");
    assertThat(lastError(fault).message()).contains("SIGSEGV");
  }

  @Test
  void ofACrowdInOneProcessExactlyThePoisonFailsAndNobodyElseIsCharged() throws Exception {
    Path go = scene.dir.resolve("go");
    List<NewJob> good =
        Stream.generate(() -> scene.logged("crowd", "chaos-work", ",\"millis\":500"))
            .limit(24)
            .toList();
    NewJob poison = Scene.job("crowd", "chaos-halt", "\"code\":8,\"go\":\"" + go + "\"");
    List<NewJob> crowd = new ArrayList<>(good);
    crowd.add(crowd.size() / 2, poison);
    List<UUID> innocent = good.stream().map(NewJob::id).toList();

    scene.push(crowd);
    waiting(PATIENCE, "some of the crowd to run")
        .until(() -> innocent.stream().anyMatch(id -> !lines(id, What.START).isEmpty()));
    Files.createFile(go);
    scene.awaitDrained("crowd", PATIENCE);

    assertThat(scene.store.list(JobFilter.of("crowd", JobState.FAILED), null, 100).jobs())
        .extracting(JobView::id)
        .containsExactly(poison.id());
    assertThat(types(scene.view(poison.id()))).containsExactly("crash", "crash");
    assertThat(innocent.stream().map(scene::view))
        .allMatch(job -> job.state() == JobState.SUCCEEDED && job.counts().charged() == 0);
    assertThat(scene.ledger.ended()).containsAll(innocent);
    assertThat(innocent.stream().filter(id -> lines(id, What.START).size() > 1))
        .as("those that ran beside the poison")
        .isNotEmpty();
  }

  @Test
  void anEndlessLoopTimesOutWithItsDumpAndItsSlotIsBackSoon() {
    UUID neighbour = push("calm", "chaos-tick", ",\"millis\":4000");
    UUID endless = push("loops", "chaos-spin", "");
    UUID next = push("loops", "chaos-work", ",\"millis\":1");

    JobView job = scene.awaitState(endless, JobState.FAILED, PATIENCE);
    assertThat(types(job)).containsExactly("timeout");
    assertThat(lastError(endless).threadDump()).contains("ChaosJobs$Spin.run");
    waiting(PATIENCE, "the next job").until(() -> !lines(next, What.START).isEmpty());
    long began = lines(endless, What.START).getFirst().nanos();
    long late = lines(next, What.START).getFirst().nanos() - began - TIMEOUT_AND_GRACE;
    System.out.printf("the slot was back %d ms after deadline and grace%n", late / 1_000_000);
    assertThat(late).isLessThan(SLOT_BACK);
    waiting(PATIENCE, "the neighbour").until(() -> !lines(neighbour, What.END).isEmpty());
    assertThat(lines(neighbour, What.START)).hasSize(1);
  }

  @Test
  void theInnocentInTheProcessOfAnEndlessLoopLoseNothing() {
    UUID endless = push("mates", "chaos-spin", "");
    waiting(PATIENCE, "the loop").until(() -> !lines(endless, What.START).isEmpty());
    // They begin after the loop and so still run when its time is over.
    List<UUID> innocent = scene.pushAll("mates", "chaos-work", ",\"millis\":800", 6);

    JobView job = scene.awaitState(endless, JobState.FAILED, PATIENCE);
    assertThat(types(job)).containsExactly("timeout");
    for (UUID id : innocent) {
      assertThat(scene.awaitState(id, JobState.SUCCEEDED, PATIENCE).counts().charged()).isZero();
    }
  }

  @Test
  void loopsOnEveryProcessorDoNotKeepTheirMatesFromRunning() {
    int processors = Runtime.getRuntime().availableProcessors();
    List<UUID> endless = scene.pushAll("mates", "chaos-spin", "", Math.min(3, processors));
    UUID mate = push("mates", "chaos-work", ",\"millis\":1");

    JobView done = scene.awaitState(mate, JobState.SUCCEEDED, PATIENCE);
    assertThat(done.counts().charged()).isZero();
    for (UUID id : endless) {
      assertThat(types(scene.awaitState(id, JobState.FAILED, PATIENCE))).containsExactly("timeout");
    }
    assertThat(lines(mate, What.START)).hasSize(1);
  }

  @Test
  void aFrozenWorkersJobEndsAtItsTimeAllTheSame() {
    UUID frozen = push("loops", "chaos-tick", ",\"millis\":60000");
    waiting(PATIENCE, "the job").until(() -> !lines(frozen, What.START).isEmpty());
    Signal.freeze(lines(frozen, What.START).getFirst().worker());
    UUID next = push("loops", "chaos-work", ",\"millis\":1");

    JobView job = scene.awaitState(frozen, JobState.FAILED, PATIENCE);
    assertThat(types(job)).containsExactly("timeout");
    assertThat(lastError(frozen).message()).contains("did not answer");
    waiting(PATIENCE, "the next job").until(() -> !lines(next, What.END).isEmpty());
  }

  @Test
  void aWorkerFrozenWhileIdleIsReplacedAndItsJobRunsUncharged() {
    UUID first = push("idle", "chaos-work", ",\"millis\":1");
    scene.awaitState(first, JobState.SUCCEEDED, PATIENCE);
    long worker = lines(first, What.START).getFirst().worker();
    Signal.freeze(worker);

    UUID second = push("idle", "chaos-work", ",\"millis\":1");
    JobView job = scene.awaitState(second, JobState.SUCCEEDED, PATIENCE);
    assertThat(job.counts().charged()).isZero();
    assertThat(lines(second, What.START)).singleElement().matches(line -> line.worker() != worker);
    waiting(PATIENCE, "the frozen one to be gone")
        .until(() -> ProcessHandle.of(worker).filter(ProcessHandle::isAlive).isEmpty());
  }

  private UUID push(String queue, String kind, String fields) {
    return scene.pushAll(queue, kind, fields, 1).getFirst();
  }

  private UUID other(String queue, String kind, String fields) {
    return scene.push(List.of(Scene.job(queue, kind, fields))).getFirst();
  }

  private List<Line> lines(UUID job, What what) {
    return scene.ledger.lines(job).stream().filter(line -> line.what() == what).toList();
  }

  private static List<String> types(JobView job) {
    return job.errors().stream().map(error -> error.type().word()).toList();
  }

  private Failure lastError(UUID id) {
    return scene.awaitState(id, JobState.FAILED, PATIENCE).errors().getLast();
  }
}
