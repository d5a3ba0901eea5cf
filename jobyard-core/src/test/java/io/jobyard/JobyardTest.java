package io.jobyard;

import static io.jobyard.PushOptions.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.config.Config;
import io.jobyard.run.LocalNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The whole way of a job as an application sees it, inside one process. */
class JobyardTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final List<String> NOTES = new CopyOnWriteArrayList<>();

  private static Jobyard yard;
  private static LocalNode node;

  public record Note(String text) implements Job {
    @Override
    public void run(JobContext job) {
      NOTES.add(job.queue() + ":" + text);
    }
  }

  public record Square(int number) implements Task<Integer> {
    @Override
    public Integer call(JobContext job) {
      return number * number;
    }
  }

  public record SumOfSquares(int upTo) implements Task<Integer> {
    @Override
    public Integer call(JobContext job) throws Exception {
      List<JobHandle<Integer>> parts =
          job.yard().pushTasks(IntStream.rangeClosed(1, upTo).mapToObj(Square::new).toList());
      int sum = 0;
      for (JobHandle<Integer> part : parts) {
        sum += part.await(SOON);
      }
      return sum;
    }
  }

  public record Stubborn(int succeedsAt) implements Task<Integer> {
    @Override
    public Integer call(JobContext job) {
      if (job.attempt() < succeedsAt) {
        throw new IllegalStateException("not at attempt " + job.attempt());
      }
      return job.attempt();
    }
  }

  /** Greets through a service. */
  public static final class Greeter {
    private final String word;

    public Greeter(String word) {
      this.word = word;
    }

    @Kind
    public String greet(String name, int times) {
      return (word + " " + name + " ").repeat(times).trim();
    }
  }

  public record Ping(String host) {}

  /** Handles {@link Ping}. */
  public static final class PingHandler implements Handler<Ping> {
    @Override
    public void handle(Ping ping, JobContext job) {
      NOTES.add("ping " + ping.host() + " by " + job.service(Greeter.class).word);
    }
  }

  /** The node's on-start. */
  public static final class Boot implements OnStart {
    @Override
    public void start(Services services) {
      services.put(Greeter.class, new Greeter("hello"));
    }
  }

  @BeforeAll
  static void open() {
    Config config =
        Jobyard.configure()
            .environment(Map.of())
            .store("memory:")
            .onStart(Boot.class.getName())
            .queue(
                "default",
                q -> q.processes(2).retries(3).backoff(Backoff.fixed(Duration.ofMillis(5))))
            .queue("single", q -> q.processes(1))
            .build();
    yard = Jobyard.open(config);
    node = yard.work();
  }

  @AfterAll
  static void close() {
    node.close();
    yard.close();
  }

  @Test
  void aJobRunsInItsQueue() throws Exception {
    yard.push(new Note("a")).await(SOON);
    yard.push(new Note("b"), on("single")).await(SOON);
    assertThat(NOTES).contains("default:a", "single:b");
  }

  @Test
  void aTaskReturnsItsValue() throws Exception {
    assertThat(yard.push(new Square(7)).await(SOON)).isEqualTo(49);
    assertThat(yard.push(new Square(8)).whenFinished().get()).isEqualTo(64);
    assertThat(yard.push(Square.class.getName(), Map.of("number", 9)).await(SOON)).isEqualTo(81);
  }

  @Test
  void splitAndCollectInOneQueueWithOneSlotDoesNotDeadlock() throws Exception {
    JobHandle<Integer> sum = yard.push(new SumOfSquares(5), on("single"));
    assertThat(sum.await(SOON)).isEqualTo(55);
  }

  @Test
  void retriesUntilItSucceedsOrHasNoneLeft() throws Exception {
    assertThat(yard.push(new Stubborn(3)).await(SOON)).isEqualTo(3);
    JobHandle<Integer> hopeless = yard.push(new Stubborn(9), PushOptions.none().retries(1));
    assertThatThrownBy(() -> hopeless.await(SOON))
        .isInstanceOfSatisfying(
            JobFailedException.class,
            e ->
                assertThat(e.errors())
                    .hasSize(2)
                    .last()
                    .matches(f -> f.message().contains("attempt 2")));
    assertThatThrownBy(() -> hopeless.whenFinished().get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(JobFailedException.class);
    assertThat(hopeless.state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void aLambdaIsOneCallOfAMarkedMethod() throws Exception {
    Greeter greeter = new Greeter("unused: the worker has its own");
    int times = 2;
    assertThat(yard.push(() -> greeter.greet("Ann", times)).await(SOON))
        .isEqualTo("hello Ann hello Ann");
    assertThat(yard.push("Greeter@greet", List.of("Bob", 1)).await(SOON)).isEqualTo("hello Bob");
  }

  @Test
  void aRecordMayHaveAHandlerElsewhere() throws Exception {
    yard.push(new Ping("db-1")).await(SOON);
    assertThat(NOTES).contains("ping db-1 by hello");
  }

  @Test
  void aBatchIsPushedAtOnce() {
    List<JobHandle<?>> handles =
        yard.pushAll(IntStream.range(0, 2_500).mapToObj(i -> new Note("batch " + i)));
    assertThat(handles).hasSize(2_500);
    handles.forEach(handle -> assertThat(handle.whenFinished()).succeedsWithin(SOON));
    assertThat(NOTES).filteredOn(note -> note.startsWith("default:batch")).hasSize(2_500);
  }

  @Test
  void anUnknownKindSaysWhichAreKnown() {
    JobHandle<Object> lost = yard.push("Nobody", null, PushOptions.none().retries(0));
    assertThatThrownBy(() -> lost.await(SOON))
        .hasMessageContaining("Nobody")
        .hasMessageContaining("known are");
  }
}
