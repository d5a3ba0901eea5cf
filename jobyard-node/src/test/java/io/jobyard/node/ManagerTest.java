package io.jobyard.node;

import static io.jobyard.node.RunningNode.in;
import static io.jobyard.node.RunningNode.lines;
import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.JobyardException;
import io.jobyard.SharedTable;
import io.jobyard.ValueCall;
import io.jobyard.codec.JobCodec;
import io.jobyard.config.Mode;
import io.jobyard.config.ShippingKey;
import io.jobyard.node.control.NodeControl;
import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import io.jobyard.node.process.WorkerView;
import io.jobyard.store.JobView;
import io.jobyard.table.Tables;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** One node for all these tests; what one does must not disturb the next. */
@TestInstance(Lifecycle.PER_CLASS)
class ManagerTest {
  private RunningNode node;

  Mode mode() {
    return Mode.DISTRIBUTE;
  }

  @BeforeAll
  void boot(@TempDir Path dir) {
    node =
        new RunningNode(
            dir,
            UnaryOperator.identity(),
            in(mode(), queue("default", 3, 1)),
            in(mode(), queue("solo", 1, 1)),
            in(mode(), queue("wide", 1, 50)),
            in(mode(), RunningNode.timeout(queue("brisk", 1, 1), Duration.ofSeconds(1))));
    List<UUID> first =
        Stream.of("default", "solo", "wide", "brisk")
            .map(queue -> node.push(queue, "nothing", "{}"))
            .toList();
    waiting("the first job of each queue, which waits for its workers to start")
        .atMost(Duration.ofMinutes(2))
        .until(() -> first.stream().allMatch(id -> node.job(id).state().finished()));
  }

  @AfterAll
  void stop() {
    node.close();
  }

  @Test
  void aLambdaOfManyStepsBringsItsCode() {
    int last = 10;
    ValueCall<Integer> sum =
        () -> {
          int all = 0;
          for (int i = 1; i <= last; i++) {
            all += i;
          }
          return all;
        };
    Duration timeout = Duration.ofSeconds(20);

    UUID signed = node.push("default", new JobCodec(RunningNode.SHIPPING).encode(sum), timeout);
    UUID forged =
        node.push(
            "default",
            new JobCodec(new ShippingKey("not the secret of these")).encode(sum),
            timeout);

    assertThat(node.awaitEnd(signed).result()).asString().isEqualTo("55");
    JobView refused = node.awaitEnd(forged);
    assertThat(refused.state()).isEqualTo(JobState.FAILED);
    assertThat(refused.errors())
        .singleElement()
        .extracting(Failure::message)
        .asString()
        .contains("whose signature is not that of this node's shipped-code key");
  }

  @Test
  void processesShareATableAlsoWhenOneDiesInTheMiddle() {
    List<UUID> jobs = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      jobs.add(node.push("default", "count", "{\"times\":10000,\"haltAfter\":0}"));
    }
    UUID dying = node.push("default", "count", "{\"times\":10000,\"haltAfter\":123}");

    assertThat(node.awaitEnd(dying).state()).isEqualTo(JobState.FAILED);
    jobs.forEach(job -> assertThat(node.awaitEnd(job).state()).isEqualTo(JobState.SUCCEEDED));
    SharedTable sums = Tables.in(node.config.runDir().resolve("tables")).get("sums");
    assertThat(sums.get("all").orElseThrow().getLong("count")).isEqualTo(6 * 10_000 + 123);
  }

  @Test
  void jobsRunInThreeWorkerProcesses() {
    long before = node.status("default").succeeded();

    node.pushMany("default", "nothing", "{}", 2_000);

    waiting("all to succeed").until(() -> node.status("default").succeeded() == before + 2_000);
    assertThat(node.workers().workers())
        .filteredOn(worker -> worker.queue().equals("default"))
        .hasSize(3)
        .allSatisfy(worker -> assertThat(worker.done()).isPositive());
  }

  @Test
  void fiftyJobsRunAtOnceInOneProcess() {
    long before = node.status("wide").succeeded();
    node.pushMany("wide", "nap", "{\"millis\":400}", 200);

    waiting("fifty at once")
        .until(() ->
            node.workers().workers().stream()
                .anyMatch(worker -> worker.queue().equals("wide") && worker.jobs().size() == 50));
    waiting("all to succeed").until(() -> node.status("wide").succeeded() == before + 200);
  }

  @Test
  void aJobWaitsForItsChildrenInTheOnlySlot(@TempDir Path files) throws Exception {
    Path file = files.resolve("f");
    UUID id = node.push("solo", "sum", "{\"file\":\"" + file + "\",\"upTo\":10}");

    assertThat(node.awaitEnd(id).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(lines(file)).containsExactly("sum 385");
  }

  @Test
  void anExitIsACrashAndTheQueueGoesOn() {
    Failure failure = failure(node.push("solo", "exit", "{\"code\":7}"));

    assertThat(failure.type()).isEqualTo(FailureType.CRASH);
    assertThat(failure.message()).contains("code 7").contains("System.exit");
    goesOn("solo");
  }

  @Test
  void aHaltIsACrash() {
    Failure failure = failure(node.push("solo", "halt", "{\"code\":7}"));

    assertThat(failure.type()).isEqualTo(FailureType.CRASH);
    assertThat(failure.message()).contains("code 7").contains("halt");
  }

  @Test
  void aKillIsAKillAsFarAsIsKnown() {
    Failure failure = failure(node.push("solo", "signal", "{\"name\":\"KILL\"}"));

    assertThat(failure.type()).isEqualTo(FailureType.KILLED);
    assertThat(failure.message()).contains("137").contains("SIGKILL").contains("halt(137)");
  }

  @Test
  void aTermFromOutsideIsAKill() {
    Failure failure = failure(node.push("solo", "signal", "{\"name\":\"TERM\"}"));

    assertThat(failure.type()).isEqualTo(FailureType.KILLED);
    assertThat(failure.message()).contains("from outside by SIGTERM");
  }

  @Test
  void aNativeCrashNamesItsErrorLog() {
    Failure failure = failure(node.push("solo", "signal", "{\"name\":\"SEGV\"}"));

    assertThat(failure.type()).isEqualTo(FailureType.CRASH);
    assertThat(failure.message()).contains("SIGSEGV").contains("hs_err");
    assertThat(failure.stack()).contains("---- ", "hs_err_", "Current thread", "Native frames");
  }

  @Test
  void runningOutOfMemoryIsSaidSo() {
    Failure failure = failure(node.push("solo", "hog", "{}"));

    assertThat(failure.type()).isEqualTo(FailureType.OUT_OF_MEMORY);
    assertThat(failure.message()).contains("Java heap space");
    goesOn("solo");
  }

  @Test
  void aTimeoutEndsAnEndlessLoopAndFreesItsSlot(@TempDir Path files) {
    Failure failure =
        failure(node.push("brisk", "spin", "{\"file\":\"" + files.resolve("f") + "\"}"));

    assertThat(failure.type()).isEqualTo(FailureType.TIMEOUT);
    assertThat(failure.threadDump()).contains("Spin.run");
    goesOn("brisk");
  }

  @Test
  void aFrozenWorkerDoesNotOutliveItsJobsDeadline() {
    Failure failure = failure(node.push("brisk", "signal", "{\"name\":\"STOP\"}"));

    assertThat(failure.type()).isEqualTo(FailureType.TIMEOUT);
    assertThat(failure.message()).contains("did not answer");
    goesOn("brisk");
  }

  @Test
  void aCancelEndsAnEndlessLoop(@TempDir Path files) {
    UUID id = node.push("solo", "spin", "{\"file\":\"" + files.resolve("f") + "\"}");
    waiting("the loop").until(() -> node.job(id).state() == JobState.RUNNING);
    node.store.cancel(List.of(id));

    assertThat(node.awaitEnd(id).state()).isEqualTo(JobState.CANCELLED);
    goesOn("solo");
  }

  @Test
  void whatAJobStartedDoesNotOutliveItsWorker(@TempDir Path files) throws Exception {
    Path file = files.resolve("f");
    node.awaitEnd(node.push("solo", "litter", "{\"file\":\"" + file + "\"}"));

    long child = Long.parseLong(lines(file).getFirst().substring("child ".length()));
    waiting("its end").until(() -> ProcessHandle.of(child).isEmpty());
  }

  @Test
  void aRunningJobIsSeenFromOutside(@TempDir Path files) throws Exception {
    Path file = files.resolve("f");
    UUID id = node.push("solo", "sleep", "{\"file\":\"" + file + "\",\"millis\":1500}");
    waiting("it to run").until(() -> !lines(file).isEmpty());

    waiting("the status to show it")
        .until(() ->
            node.workers().workers().stream()
                .anyMatch(worker ->
                    worker.state().equals("busy") && worker.jobs().contains(id.toString())));
    try (NodeControl control = NodeControl.connect(node.config.runDir())) {
      var said = control.said(id, 0).orElseThrow();
      assertThat(said.lines()).containsExactly("sleeping");
      assertThat(said.progress()).isNotNull();
      assertThat(said.progress().note()).isEqualTo("half way");
      assertThat(control.said(id, said.next()).orElseThrow().lines()).isEmpty();
    }
    assertThat(node.awaitEnd(id).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void workersSayHowMuchMemoryTheyHold() {
    waiting("workers to be up")
        .until(() -> node.workers().workers().stream().allMatch(w -> w.state().equals("idle")));

    assertThat(node.workers().workers())
        .extracting(WorkerView::rssMb)
        .allSatisfy(rss -> assertThat(rss).isBetween(10L, 120L));
  }

  @Test
  void strangersOnTheWorkersSocketAreTurnedAway() throws Exception {
    Path socket = Path.of(node.controlSocket()).resolveSibling("workers");
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8)));

      assertThat(channel.read(ByteBuffer.allocate(10))).isEqualTo(-1);
    }
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        var connection = new Connection(channel, "stranger")) {
      connection.send(new Frame.Hello(Frame.OLDEST, Frame.NEWEST, "a guess", 1));

      assertThat(connection.receive())
          .isEqualTo(new Frame.Refusal("no worker with this secret is expected"));
    }
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        var connection = new Connection(channel, "old")) {
      connection.send(new Frame.Hello(Frame.NEWEST + 1, Frame.NEWEST + 2, "a guess", 1));

      assertThat(connection.receive())
          .isInstanceOfSatisfying(
              Frame.Refusal.class,
              refusal -> assertThat(refusal.reason()).contains("another version of Jobyard"));
    }
    goesOn("solo");
  }

  @Test
  void aSecondNodeInTheSamePlaceIsRefused() {
    assertThatThrownBy(
            () -> new Manager(node.config, node.config.queues().keySet(), () -> node.store).boot())
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("node test already runs as pid " + ProcessHandle.current().pid())
        .hasMessageContaining("jobyard.pid");
  }

  private Failure failure(UUID id) {
    JobView job = node.awaitEnd(id);
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.errors()).hasSize(1);
    return job.errors().getFirst();
  }

  private void goesOn(String queue) {
    UUID id = node.push(queue, "nothing", "{}");
    assertThat(node.awaitEnd(id).state()).isEqualTo(JobState.SUCCEEDED);
  }
}
