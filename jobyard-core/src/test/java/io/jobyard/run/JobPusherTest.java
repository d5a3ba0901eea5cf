package io.jobyard.run;

import static io.jobyard.PushOptions.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.Backoff;
import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.JobHandle;
import io.jobyard.Kind;
import io.jobyard.Priority;
import io.jobyard.PushOptions;
import io.jobyard.PushRefused;
import io.jobyard.Task;
import io.jobyard.codec.JobCodec;
import io.jobyard.store.JobSettings;
import io.jobyard.store.NewJob;
import io.jobyard.store.NewJob.Due;
import io.jobyard.talk.Ears;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JobPusherTest {
  private final List<List<NewJob>> pushed = new ArrayList<>();
  private final PushPort port =
      jobs -> {
        pushed.add(jobs);
        return jobs.stream().map(NewJob::id).toList();
      };
  private final JobPusher pusher =
      new JobPusher(
          new JobCodec(),
          new Ids(),
          port,
          new Watcher(ids -> List.of()),
          new Ears((topic, ear) -> () -> {}));

  @Kind(value = "pusher-note", queue = "notes", timeout = "9s", retries = 2)
  record Note(String text) implements Job {
    @Override
    public void run(JobContext job) {}
  }

  record Twice(int n) implements Task<Integer> {
    @Override
    public Integer call(JobContext job) {
      return 2 * n;
    }
  }

  private NewJob only() {
    assertThat(pushed).hasSize(1);
    assertThat(pushed.getFirst()).hasSize(1);
    return pushed.getFirst().getFirst();
  }

  @Test
  void theClassDecidesWhereThePushSaysNothing() {
    JobHandle<Void> handle = pusher.push(new Note("x"));
    NewJob job = only();
    assertThat(handle.id()).isEqualTo(job.id());
    assertThat(job.id().version()).isEqualTo(7);
    assertThat(job.queue()).isEqualTo("notes");
    assertThat(job.kind()).isEqualTo("pusher-note");
    assertThat(job.due()).isEqualTo(Due.NOW);
    assertThat(job.priority()).isZero();
    assertThat(job.task()).isFalse();
    assertThat(job.parentId()).isNull();
    assertThat(job.settings()).isEqualTo(new JobSettings(2, null, Duration.ofSeconds(9), null));
  }

  @Test
  void thePushWins() {
    pusher.push(
        new Note("x"),
        on("mail")
            .in(Duration.ofMillis(500))
            .retries(0)
            .backoff(Backoff.fixed(Duration.ofSeconds(1)))
            .retryTimeouts(true)
            .priority(Priority.HIGH)
            .worker(2)
            .externalId("order-1"));
    NewJob job = only();
    assertThat(job.queue()).isEqualTo("mail");
    assertThat(job.due()).isEqualTo(new Due.In(Duration.ofMillis(500)));
    assertThat(job.priority()).isEqualTo(-10);
    assertThat(job.slot()).isEqualTo(2);
    assertThat(job.externalId()).isEqualTo("order-1");
    assertThat(job.settings())
        .isEqualTo(
            new JobSettings(0, Backoff.fixed(Duration.ofSeconds(1)), Duration.ofSeconds(9), true));
  }

  @Test
  void byKindAValueIsExpectedAndTheDefaultQueueServes() {
    pusher.push("x", null, PushOptions.none().at(Instant.EPOCH));
    assertThat(only().queue()).isEqualTo("default");
    assertThat(only().task()).isTrue();
    assertThat(only().due()).isEqualTo(new Due.At(Instant.EPOCH));
    pusher.push("no-arguments");
    assertThat(new String(pushed.getLast().getFirst().payload().bytes(), StandardCharsets.UTF_8))
        .isEqualTo("null");
    assertThatThrownBy(() -> pusher.push("x", null, on("no good")))
        .isInstanceOf(PushRefused.class)
        .hasMessageStartingWith("the queue must consist of");
  }

  @Test
  void manyJobsGoInBatchesOfAThousandAsTheyCome() {
    Stream<Note> notes =
        IntStream.range(0, 2_500)
            .mapToObj(i -> {
              // Lazily: a batch is stored before the next one is made.
              assertThat(pushed).hasSize(i == 0 ? 0 : (i - 1) / 1_000);
              return new Note("" + i);
            });
    List<JobHandle<?>> handles = pusher.pushAll(notes);
    assertThat(pushed).extracting(List::size).containsExactly(1_000, 1_000, 500);
    assertThat(handles)
        .extracting(JobHandle::id)
        .isEqualTo(pushed.stream().flatMap(List::stream).map(NewJob::id).toList());
    assertThat(handles).extracting(JobHandle::id).doesNotHaveDuplicates();
  }

  @Test
  void largeJobsGoInBatchesOfFewBytes() {
    String text = "x".repeat(3 * 1024 * 1024);
    pusher.pushAll(Stream.generate(() -> new Note(text)).limit(5));
    assertThat(pushed).extracting(List::size).containsExactly(2, 2, 1);
  }

  @Test
  void manyJobsMayBeOfManyClasses() {
    pusher.pushAll(List.of(new Note("x"), new Twice(1)));
    assertThat(pushed.getFirst())
        .extracting(NewJob::kind)
        .containsExactly("pusher-note", Twice.class.getName());
    List<JobHandle<Integer>> tasks = pusher.pushTasks(List.of(new Twice(1), new Twice(2)));
    assertThat(tasks).hasSize(2);
    assertThat(pusher.pushAll(List.of())).isEmpty();
    assertThat(pushed).hasSize(2);
  }

  @Test
  void aRefusalInTheMiddleSaysWhatIsStored() {
    Stream<Object> jobs =
        Stream.concat(IntStream.range(0, 1_500).mapToObj(i -> new Note("x")), Stream.of("no job"));
    assertThatThrownBy(() -> pusher.pushAll(jobs))
        .isInstanceOf(PushRefused.class)
        .hasMessageStartingWith("the first 1,000 jobs are stored, then: ")
        .hasMessageContaining("is not a job");
    assertThatThrownBy(() -> pusher.pushAll(List.of(new Note("x")), on("q").externalId("a")))
        .isInstanceOf(PushRefused.class)
        .hasMessageContaining("external id 'a' names one job");
  }

  @Test
  void idsSortByTimeAndAreUniqueAmongThreads() {
    Ids ids = new Ids();
    List<UUID> all =
        IntStream.range(0, 100_000).parallel().mapToObj(i -> ids.next()).distinct().toList();
    assertThat(all).hasSize(100_000);
    List<String> one = Stream.generate(ids::next).limit(1_000).map(UUID::toString).toList();
    assertThat(one).isSorted();
  }
}
