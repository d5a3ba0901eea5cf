package io.jobyard.sync;

import static io.jobyard.PushOptions.none;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.Backoff;
import io.jobyard.Failure;
import io.jobyard.FailureHandler;
import io.jobyard.FailureType;
import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.JobFailedException;
import io.jobyard.JobHandle;
import io.jobyard.JobState;
import io.jobyard.Jobyard;
import io.jobyard.PushOptions;
import io.jobyard.Task;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SyncStoreTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final List<String> NOTES = new CopyOnWriteArrayList<>();
  private static final List<Thread> THREADS = new CopyOnWriteArrayList<>();

  private Jobyard yard;

  public record Note(String text) implements Job {
    @Override
    public void run(JobContext job) {
      NOTES.add(text);
      THREADS.add(Thread.currentThread());
    }
  }

  public record Square(int number) implements Task<Integer> {
    @Override
    public Integer call(JobContext job) {
      return number * number;
    }
  }

  public record Sum(int upTo) implements Task<Integer> {
    @Override
    public Integer call(JobContext job) throws Exception {
      int sum = 0;
      for (var part :
          job.yard().pushTasks(IntStream.rangeClosed(1, upTo).mapToObj(Square::new).toList())) {
        sum += part.await(SOON);
      }
      return sum;
    }
  }

  public record Fails(int untilAttempt) implements Job {
    @Override
    public void run(JobContext job) {
      NOTES.add("attempt " + job.attempt());
      if (job.attempt() < untilAttempt) {
        throw new IllegalStateException("not yet");
      }
    }
  }

  public record Sleeps() implements Job {
    @Override
    public void run(JobContext job) throws InterruptedException {
      NOTES.add("sleeps");
      Thread.sleep(60_000);
    }
  }

  public record Releases() implements Job {
    @Override
    public void run(JobContext job) {
      NOTES.add("releases");
      job.release(Duration.ofHours(1));
    }
  }

  public static final class Alert implements FailureHandler {
    @Override
    public void onFailure(JobContext job, Failure failure) {
      NOTES.add("alert " + failure.type().word());
    }
  }

  @BeforeEach
  void open() {
    NOTES.clear();
    THREADS.clear();
    yard =
        Jobyard.open(
            Jobyard.configure()
                .environment(Map.of())
                .store("sync:")
                .queue(
                    "default",
                    q ->
                        q.retries(2)
                            .backoff(Backoff.fixed(Duration.ofHours(1)))
                            .onFailure(Alert.class.getName()))
                .build());
  }

  @AfterEach
  void close() {
    yard.close();
  }

  @Test
  void aPushRunsTheJobOnTheCallersThread() {
    JobHandle<Void> handle = yard.push(new Note("a"));
    assertThat(NOTES).containsExactly("a");
    assertThat(THREADS).containsExactly(Thread.currentThread());
    assertThat(handle.state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void delaysAreNotWaitedFor() {
    yard.push(new Note("later"), PushOptions.none().in(Duration.ofDays(1)));
    assertThat(NOTES).containsExactly("later");
  }

  @Test
  void aTaskPushesOthersAndCollectsTheirValues() throws Exception {
    assertThat(yard.push(new Sum(4)).await(SOON)).isEqualTo(30);
  }

  @Test
  void retriesFollowAtOnceAndTheHistoryIsKept() {
    yard.push(new Fails(3));
    assertThat(NOTES).containsExactly("attempt 1", "attempt 2", "attempt 3");
    NOTES.clear();
    JobHandle<Void> failed = yard.push(new Fails(9));
    assertThat(NOTES).containsExactly("attempt 1", "attempt 2", "attempt 3", "alert exception");
    JobView job = yard.job(failed.id()).orElseThrow();
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.errors()).hasSize(3);
    assertThatThrownBy(() -> failed.await(SOON)).isInstanceOf(JobFailedException.class);
    assertThat(yard.store().list(JobFilter.of("default", JobState.FAILED), null, 10).jobs())
        .hasSize(1);
  }

  @Test
  void aTimeoutEndsTheRunAndLeavesTheCallerUninterrupted() {
    JobHandle<Void> handle = yard.push(new Sleeps(), none().timeout(Duration.ofMillis(50)));
    JobView job = yard.job(handle.id()).orElseThrow();
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.errors().getFirst().type()).isEqualTo(FailureType.TIMEOUT);
    assertThat(NOTES).containsExactly("sleeps", "alert timeout");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void anUnknownKindIsAFailureNotAnException() {
    UUID id = yard.push("nobody-knows", 1).id();
    assertThat(yard.job(id).orElseThrow().state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void anotherThreadCancels() {
    CompletableFuture<JobHandle<Void>> pushed =
        CompletableFuture.supplyAsync(() -> yard.push(new Sleeps()));
    await().until(() -> NOTES.contains("sleeps"));
    UUID id =
        yard.store().list(JobFilter.of(null, JobState.RUNNING), null, 1).jobs().getFirst().id();
    assertThat(yard.cancel(id)).isEqualTo(CancelAnswer.REQUESTED);
    assertThat(pushed).succeedsWithin(SOON);
    assertThat(yard.job(id).orElseThrow().state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void aReleasedJobAndAPausedQueueKeepTheirJobs() {
    UUID released = yard.push(new Releases()).id();
    assertThat(yard.job(released).orElseThrow().state()).isEqualTo(JobState.SCHEDULED);
    yard.store().pause("default", true);
    yard.push(new Note("while paused"));
    assertThat(NOTES).containsExactly("releases");
    yard.store().pause("default", false);
    yard.push(new Note("next"));
    assertThat(NOTES).containsExactly("releases", "while paused", "next");
  }

  @Test
  void threadsRunTheirOwnJobs() {
    List<CompletableFuture<Void>> all =
        IntStream.range(0, 4)
            .mapToObj(n ->
                CompletableFuture.runAsync(() -> {
                  for (int i = 0; i < 50; i++) {
                    yard.push(new Note(n + "-" + i));
                    assertThat(NOTES).contains(n + "-" + i);
                  }
                }))
            .toList();
    assertThat(all).allSatisfy(thread -> assertThat(thread).succeedsWithin(SOON));
    assertThat(NOTES).hasSize(200).doesNotHaveDuplicates();
  }
}
