package io.jobyard.node;

import static io.jobyard.PushOptions.on;
import static io.jobyard.node.RunningNode.in;
import static io.jobyard.node.RunningNode.lines;
import static io.jobyard.node.RunningNode.onStart;
import static io.jobyard.node.RunningNode.queue;
import static io.jobyard.node.RunningNode.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.JobFailedException;
import io.jobyard.JobHandle;
import io.jobyard.Jobyard;
import io.jobyard.Progress;
import io.jobyard.config.Config;
import io.jobyard.config.Mode;
import io.jobyard.config.QueueConfig;
import io.jobyard.node.Talking.Chatter;
import io.jobyard.node.Talking.Parent;
import io.jobyard.node.Talking.Scribe;
import io.jobyard.node.Talking.Step;
import io.jobyard.node.Talking.Tell;
import io.jobyard.node.Talking.TellAll;
import io.jobyard.node.Talking.TellOne;
import io.jobyard.node.Talking.TellSlot;
import io.jobyard.node.Talking.TellTooMuch;
import io.jobyard.node.process.WorkerView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that talk to their producers and to workers, over two nodes with processes on one store. */
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("try") // listening needs no more than to be there
class TalkTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private Path dir;
  private RunningNode one;
  private RunningNode two;
  private Jobyard yard;

  Mode mode() {
    return Mode.DISTRIBUTE;
  }

  @BeforeAll
  void boot(@TempDir Path files) throws IOException {
    dir = files;
    one = node("one", crew(2));
    two = node("two", crew(1), in(mode(), queue("callers", 1, 2)));
    yard = Jobyard.open("sqlite:" + dir.resolve("jobs.db"));
    // A busy machine takes its time to start four JVMs at once.
    await("all workers")
        .atMost(Duration.ofMinutes(2))
        .until(() -> Stream.concat(states(one), states(two)).filter("idle"::equals).count() == 4);
  }

  private QueueConfig crew(int processes) {
    return onStart(in(mode(), queue("crew", processes, 2)), Scribe.class.getName());
  }

  private static Stream<String> states(RunningNode node) {
    return node.workers().workers().stream().map(WorkerView::state);
  }

  private RunningNode node(String name, QueueConfig... queues) throws IOException {
    Path own = Files.createDirectory(dir.resolve(name));
    return new RunningNode(own, config -> named(config, name), queues);
  }

  private Config named(Config config, String name) {
    return new Config(
        config.base(),
        name,
        "sqlite:" + dir.resolve("jobs.db"),
        null,
        config.classpath(),
        null,
        false,
        false,
        config.runDir(),
        config.log(),
        config.lease(),
        config.stopTimeout(),
        config.pushTimeout(),
        0,
        true,
        config.tables(),
        config.shippingKey(),
        config.queues());
  }

  @AfterAll
  void stop() {
    yard.close();
    one.close();
    two.close();
  }

  @Test
  void theProducerHearsMessagesAndProgressInOrder(@TempDir Path files) throws Exception {
    Path gate = files.resolve("gate");
    List<Integer> heard = new CopyOnWriteArrayList<>();
    List<Long> done = new CopyOnWriteArrayList<>();
    JobHandle<Void> job = yard.push(new Tell(gate.toString(), 500, 0), on("crew"));
    try (var messages = job.onMessage(message -> heard.add(message.as(Step.class).number()));
        var broken =
            job.onMessage(message -> {
              throw new IllegalStateException("a listener that is broken");
            });
        var progress = job.onProgress(word -> done.add(word.done()))) {
      Files.createFile(gate);
      job.await(SOON);
      waiting("all messages").until(() -> heard.size() == 500);
      waiting("the last word").until(() -> done.contains(500L));
    }
    assertThat(heard).containsExactlyElementsOf(IntStream.rangeClosed(1, 500).boxed().toList());
    assertThat(done).isSorted();
  }

  @Test
  void allWorkersOfTheQueueHearOnEveryNodeAndInOrder() throws Exception {
    List<Path> ears = awaitEars();
    yard.push(new TellAll("crew", 1_000, 200, 10), on("callers")).await(SOON);
    for (Path ear : ears) {
      waiting("all messages in " + ear).until(() -> numbers(ear).contains(1_199));
      assertThat(numbers(ear).stream().filter(n -> n >= 1_000 && n < 1_200))
          .containsExactlyElementsOf(IntStream.range(1_000, 1_200).boxed().toList());
    }
  }

  @Test
  void oneWorkerHearsWhatIsForIt() throws Exception {
    List<Path> ears = awaitEars();
    WorkerView meant = workers(two).getFirst();
    Path ear = ear(two, meant);
    yard.push(new TellOne("two", meant.pid(), 2_000), on("callers")).await(SOON);
    yard.push(new TellOne("one", meant.pid(), 2_001), on("callers")).await(SOON);
    yard.push(new TellAll("crew", 2_002, 1, 0), on("callers")).await(SOON);
    for (Path all : ears) {
      waiting("the last message").until(() -> numbers(all).contains(2_002));
      assertThat(numbers(all).contains(2_000)).as("%s", all).isEqualTo(all.equals(ear));
      assertThat(numbers(all)).doesNotContain(2_001);
    }
  }

  @Test
  void theWorkersOfANumberHearWhatIsForIt() throws Exception {
    List<Path> ears = awaitEars();
    yard.push(new TellSlot("crew", 0, 3_000), on("callers")).await(SOON);
    yard.push(new TellSlot("crew", 7, 3_001), on("callers")).await(SOON);
    yard.push(new TellAll("crew", 3_002, 1, 0), on("callers")).await(SOON);
    List<Path> meant = new ArrayList<>();
    for (Path ear : ears) {
      waiting("the last message").until(() -> numbers(ear).contains(3_002));
      assertThat(numbers(ear)).doesNotContain(3_001);
      if (numbers(ear).contains(3_000)) {
        meant.add(ear.getParent().getFileName());
      }
    }
    assertThat(meant).containsExactlyInAnyOrder(Path.of("one"), Path.of("two"));
  }

  @Test
  void aKilledWorkerHarmsNobodyAndWhoComesLateIsToldHowFarItWas(@TempDir Path files)
      throws Exception {
    Path gate = files.resolve("gate");
    List<Integer> heard = new CopyOnWriteArrayList<>();
    List<Progress> words = new CopyOnWriteArrayList<>();
    JobHandle<Void> job = yard.push(new Tell(gate.toString(), 50, 20), on("crew"));
    try (var messages = job.onMessage(message -> heard.add(message.as(Step.class).number()))) {
      Files.createFile(gate);
      waiting("its last message").until(() -> heard.size() == 20);
      try (var late = yard.handle(job.id()).onProgress(words::add)) {
        waiting("how far it was").until(() -> words.contains(new Progress(20, 50, "step 20")));
      }
      assertThatThrownBy(() -> job.await(SOON)).isInstanceOf(JobFailedException.class);
      assertThat(heard).containsExactlyElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
    }
    assertThat(awaitEars()).as("its successor hears too").hasSize(3);
  }

  @Test
  void aFrozenWorkerHindersNobody() throws Exception {
    List<Path> ears = awaitEars();
    WorkerView frozen = workers(one).getLast();
    freeze(frozen.pid());
    try {
      yard.push(new TellAll("crew", 4_000, 300, 50_000), on("callers")).await(SOON);
      for (Path ear : ears) {
        if (!ear.equals(ear(one, frozen))) {
          waiting("all messages in " + ear).until(() -> numbers(ear).contains(4_299));
        }
      }
    } finally {
      ProcessHandle.of(frozen.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }
    assertThat(awaitEars()).hasSize(3);
  }

  @Test
  void whatIsTooLargeIsRefused() {
    JobHandle<Void> job = yard.push(new TellTooMuch(), on("crew"));
    assertThatThrownBy(() -> job.await(SOON))
        .isInstanceOfSatisfying(
            JobFailedException.class,
            e ->
                assertThat(e.errors().getLast().message())
                    .contains("70,002 bytes")
                    .contains("60,000"));
  }

  @Test
  void aJobHearsTheJobsItPushed(@TempDir Path files) throws Exception {
    String gate = files.resolve("gate").toString();
    assertThat(yard.push(new Parent(gate), on("crew")).await(SOON))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
  }

  @Test
  void muchProgressCostsLittleAndFloodsNobody(@TempDir Path files) throws Exception {
    Path gate = files.resolve("gate");
    List<Progress> words = new CopyOnWriteArrayList<>();
    List<Integer> signals = new CopyOnWriteArrayList<>();
    JobHandle<Long> job = yard.push(new Chatter(gate.toString(), 100_000), on("crew"));
    try (var own = yard.store().hear("progress/" + job.id(), s -> signals.add(1));
        var subscription = job.onProgress(words::add)) {
      Files.createFile(gate);
      long millis = job.await(SOON);
      waiting("the last word").until(() -> !words.isEmpty() && words.getLast().done() == 100_000);
      assertThat(millis).as("milliseconds for 100,000 words").isLessThan(3_000);
      assertThat(signals).hasSizeLessThan((int) (millis / 100) + 5);
    }
  }

  // ---- who hears

  /** The files of all three workers, each of which was seen to hear. */
  private List<Path> awaitEars() throws Exception {
    waiting("three workers that hear")
        .until(() -> {
          List<Path> ears = ears();
          if (ears.size() < 3) {
            return false;
          }
          yard.push(new TellAll("crew", -1, 1, 0), on("callers")).await(SOON);
          for (Path ear : ears) {
            if (!numbers(ear).contains(-1)) {
              return false;
            }
          }
          return true;
        });
    return ears();
  }

  private List<Path> ears() {
    List<Path> ears = new ArrayList<>();
    for (RunningNode node : List.of(one, two)) {
      workers(node).forEach(worker -> ears.add(ear(node, worker)));
    }
    return ears;
  }

  private static List<WorkerView> workers(RunningNode node) {
    return node.workers().workers().stream().filter(w -> w.queue().equals("crew")).toList();
  }

  private static Path ear(RunningNode node, WorkerView worker) {
    return node.dir.resolve("heard-" + worker.pid());
  }

  private static List<Integer> numbers(Path ear) throws IOException {
    return lines(ear).stream().map(line -> Integer.valueOf(line.split(" ")[0])).toList();
  }

  private static void freeze(long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(pid)).start().waitFor()).isZero();
  }
}
