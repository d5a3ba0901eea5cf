package io.jobyard;

import static io.jobyard.PushOptions.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.config.Config;
import io.jobyard.run.LocalNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages and progress of jobs inside one process. */
@SuppressWarnings("try") // listening needs no more than to be there
class LiveTalkTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final List<Message> HEARD = new CopyOnWriteArrayList<>();
  private static final AtomicReference<JobContext> ESCAPED = new AtomicReference<>();
  private static CountDownLatch gate = new CountDownLatch(1);

  private static Jobyard yard;
  private static LocalNode node;

  public record Step(int number, List<String> words) {}

  public record Tell(int steps) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      gate.await();
      for (int i = 1; i <= steps; i++) {
        job.progress(i, steps, "");
        job.send(new Step(i, List.of("a", "b")));
      }
    }
  }

  public record TellWorkers(String queue, String text) implements Job {
    @Override
    public void run(JobContext job) {
      job.send(Address.allOf(queue), text + " to all");
      job.send(Address.slot(queue, 3), text + " to a number");
      job.send(Address.worker("here", ProcessHandle.current().pid()), text + " to the process");
      job.send(Address.worker("elsewhere", ProcessHandle.current().pid()), text + " lost");
    }
  }

  public record SendLarge(int characters) implements Job {
    @Override
    public void run(JobContext job) {
      job.send("x".repeat(characters));
    }
  }

  public record SendNoJson() implements Job {
    @Override
    public void run(JobContext job) {
      job.send(new Object());
    }
  }

  public record Escape() implements Job {
    @Override
    public void run(JobContext job) {
      ESCAPED.set(job);
    }
  }

  public record Chatter(int words) implements Task<Long> {
    @Override
    public Long call(JobContext job) throws Exception {
      gate.await();
      long start = System.nanoTime();
      for (int i = 1; i <= words; i++) {
        job.progress(i, words, "");
      }
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }
  }

  public static final class Listening implements OnStart {
    @Override
    public void start(Services services) {
      services.onMessage(message -> {
        throw new IllegalStateException("a listener that is broken");
      });
      services.onMessage(HEARD::add);
    }
  }

  @BeforeAll
  static void open() {
    yard = Jobyard.open(config("memory:"));
    node = yard.work("default");
  }

  private static Config config(String store) {
    return Jobyard.configure()
        .environment(Map.of())
        .node("here")
        .store(store)
        .onStart(Listening.class.getName())
        .build();
  }

  @AfterAll
  static void close() {
    node.close();
    yard.close();
  }

  @BeforeEach
  void reset() {
    gate.countDown();
    gate = new CountDownLatch(1);
    HEARD.clear();
  }

  @Test
  void aHandleHearsMessagesAndProgressInOrder() throws Exception {
    List<Message> heard = new CopyOnWriteArrayList<>();
    List<Long> words = new CopyOnWriteArrayList<>();
    JobHandle<Void> job = yard.push(new Tell(300));
    try (var broken =
            job.onMessage(message -> {
              throw new AssertionError("a listener that is broken");
            });
        var messages = job.onMessage(heard::add);
        var progress = job.onProgress(word -> words.add(word.done()))) {
      gate.countDown();
      job.await(SOON);
      await().atMost(SOON).until(() -> heard.size() == 300 && words.contains(300L));
    }
    assertThat(heard.stream().map(message -> message.as(Step.class).number()))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 300).boxed().toList());
    assertThat(words).isSorted();
    Message first = heard.getFirst();
    assertThat(first.job()).isEqualTo(job.id());
    assertThat(first.queue()).isEqualTo("default");
    assertThat(first.node()).isEqualTo("here");
    assertThat(first.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(first.sender()).isEqualTo(Address.worker("here", first.pid()));
    assertThat(first.json()).isEqualTo("{\"number\":1,\"words\":[\"a\",\"b\"]}");
    assertThatThrownBy(() -> first.as(Integer.class))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("java.lang.Integer");
  }

  @Test
  void aClosedSubscriptionHearsNothingMore() throws Exception {
    AtomicInteger heard = new AtomicInteger();
    List<Message> others = new CopyOnWriteArrayList<>();
    JobHandle<Void> job = yard.push(new Tell(10));
    Subscription closed = job.onMessage(message -> heard.incrementAndGet());
    closed.close();
    closed.close();
    try (var open = job.onMessage(others::add)) {
      gate.countDown();
      job.await(SOON);
      await().atMost(SOON).until(() -> others.size() == 10);
    }
    assertThat(heard).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory:", "sync:"})
  void workersHearWhatIsForThem(String store) throws Exception {
    try (Jobyard own = Jobyard.open(config(store))) {
      LocalNode worker = store.equals("memory:") ? own.work("ears") : null;
      own.push(new TellWorkers("ears", store), on("ears")).await(SOON);
      await().atMost(SOON).until(() -> HEARD.size() == 3);
      assertThat(HEARD.stream().map(message -> message.as(String.class)))
          .containsExactlyInAnyOrder(
              store + " to all", store + " to a number", store + " to the process");
      if (worker != null) {
        worker.close();
      }
    }
  }

  @Test
  void whatIsTooLargeOrNoJsonIsRefused() {
    assertThatThrownBy(() -> yard.push(new SendLarge(60_000), on("default").retries(0)).await(SOON))
        .hasMessageContaining("a message of java.lang.String is 60,002 bytes of JSON")
        .hasMessageContaining("60,000");
    assertThatThrownBy(() -> yard.push(new SendNoJson(), on("default").retries(0)).await(SOON))
        .hasMessageContaining("cannot be written as JSON");
  }

  @Test
  void theLargestPassesWithTheLongestNames() throws Exception {
    String queue = "q".repeat(100);
    List<Message> heard = new CopyOnWriteArrayList<>();
    try (LocalNode other = yard.work(queue)) {
      JobHandle<Void> job = yard.push(new SendLarge(59_998), on(queue).in(Duration.ofMillis(300)));
      try (var messages = job.onMessage(heard::add)) {
        await().atMost(SOON).until(() -> heard.size() == 1);
      }
    }
    assertThat(heard.getFirst().size()).isEqualTo(Message.MAX_BYTES);
  }

  @Test
  void aRunThatIsOverSendsNothing() throws Exception {
    JobHandle<Void> job = yard.push(new Escape());
    List<Message> heard = new CopyOnWriteArrayList<>();
    try (var messages = job.onMessage(heard::add)) {
      job.await(SOON);
      assertThatThrownBy(() -> ESCAPED.get().send("too late"))
          .isInstanceOf(StaleLease.class)
          .hasMessageContaining(job.id().toString());
      ESCAPED.get().progress(1, 1, "too late");
    }
    assertThat(heard).isEmpty();
  }

  @Test
  void muchProgressCostsLittleAndOnlyWhoFollowsIsTold() throws Exception {
    AtomicInteger signals = new AtomicInteger();
    JobHandle<Long> unheard = yard.push(new Chatter(1_000));
    JobHandle<Long> followed = yard.push(new Chatter(100_000));
    List<Progress> words = new CopyOnWriteArrayList<>();
    AtomicInteger nobody = new AtomicInteger();
    try (var first = yard.store().hear("progress/" + unheard.id(), s -> nobody.incrementAndGet());
        var second =
            yard.store().hear("progress/" + followed.id(), s -> signals.incrementAndGet());
        var following = followed.onProgress(words::add)) {
      gate.countDown();
      unheard.await(SOON);
      long millis = followed.await(SOON);
      await().atMost(SOON).until(() -> !words.isEmpty() && words.getLast().done() == 100_000);
      assertThat(millis).as("milliseconds for 100,000 words").isLessThan(3_000);
      assertThat(signals).hasValueLessThan((int) (millis / 100) + 5);
      assertThat(nobody).as("told though nobody follows").hasValue(0);
    }
  }

  @Test
  void whoFollowsLaterIsToldTheLatest() throws Exception {
    JobHandle<Long> job = yard.push(new Chatter(5));
    gate.countDown();
    job.await(SOON);
    List<Progress> words = new CopyOnWriteArrayList<>();
    try (var following = yard.handle(job.id()).onProgress(words::add)) {
      await().atMost(SOON).until(() -> !words.isEmpty());
    }
    assertThat(words.getFirst()).isEqualTo(new Progress(5, 5, ""));
  }

  @Test
  void aHandleOfAJobThatIsPushedLaterHearsIt() throws Exception {
    AtomicReference<Runnable> commit = new AtomicReference<>();
    List<Message> heard = new CopyOnWriteArrayList<>();
    JobHandle<Void> job = yard.afterCommit(commit::set).push(new Tell(3));
    try (var messages = job.onMessage(heard::add)) {
      commit.get().run();
      gate.countDown();
      await().atMost(SOON).until(() -> heard.size() == 3);
    }
  }

  @Test
  void listenersAreSetInOnStartOnly() {
    Services services = new Services().onMessage(HEARD::add);
    assertThat(services.listeners()).hasSize(1);
    assertThatThrownBy(() -> services.onMessage(HEARD::add))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("on-start");
  }

  @Test
  void anAddressMustMakeSense() {
    assertThatThrownBy(() -> Address.allOf("no such queue?"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no such queue?");
    assertThatThrownBy(() -> Address.slot("default", -1)).hasMessageContaining("-1");
    assertThatThrownBy(() -> Address.worker(" ", 1)).hasMessageContaining("blank");
  }
}
