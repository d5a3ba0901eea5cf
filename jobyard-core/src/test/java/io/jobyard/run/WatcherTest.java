package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobCancelledException;
import io.jobyard.JobContext;
import io.jobyard.JobFailedException;
import io.jobyard.JobHandle;
import io.jobyard.JobState;
import io.jobyard.JobyardException;
import io.jobyard.StoreUnavailable;
import io.jobyard.Task;
import io.jobyard.codec.JobCodec;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.store.Payload;
import io.jobyard.store.Phase;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.talk.Ears;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatcherTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Map<UUID, JobView> jobs = new ConcurrentHashMap<>();
  private final List<String> slot = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger failing = new AtomicInteger();
  private volatile boolean listening;
  private final Watcher watcher =
      new Watcher(
          new Watcher.Source() {
            @Override
            public List<JobView> find(Collection<UUID> ids) {
              asked.incrementAndGet();
              if (failing.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                throw new StoreUnavailable("the store is away");
              }
              return ids.stream().map(jobs::get).filter(Objects::nonNull).toList();
            }

            @Override
            public Subscription listen(Runnable finished) {
              listening = true;
              return () -> listening = false;
            }
          });
  private final PushPort port =
      new PushPort() {
        @Override
        public List<UUID> push(List<NewJob> pushed) {
          pushed.forEach(job -> set(job.id(), JobState.READY, null));
          return pushed.stream().map(NewJob::id).toList();
        }

        @Override
        public void awaiting(boolean waiting) {
          slot.add(waiting ? "lent" : "back");
        }
      };
  private final JobPusher pusher =
      new JobPusher(new JobCodec(), new Ids(), port, watcher, new Ears((topic, ear) -> () -> {}));

  record Size(int width, int height) {}

  record Measure(String file) implements Task<Size> {
    @Override
    public Size call(JobContext job) {
      return new Size(1, 2);
    }
  }

  @AfterEach
  void close() {
    watcher.close();
  }

  private void set(UUID id, JobState state, String result) {
    Failure failure =
        new Failure(FailureType.EXCEPTION, "X", "no luck", "", Instant.EPOCH, "n", 1, null);
    jobs.put(
        id,
        new JobView(
            id,
            1,
            null,
            "default",
            "k",
            state,
            Payload.json(new byte[0]),
            0,
            null,
            false,
            JobSettings.NONE,
            Counts.ZERO,
            Phase.RUN,
            1,
            Instant.EPOCH,
            Instant.EPOCH,
            null,
            null,
            null,
            false,
            List.of(failure),
            List.of(),
            result == null ? null : result.getBytes(StandardCharsets.UTF_8),
            null,
            null));
  }

  @Test
  void awaitGivesTheValueOfATaskAndLendsTheSlotMeanwhile() throws Exception {
    JobHandle<Size> handle = pusher.push(new Measure("a.png"));
    assertThat(handle.state()).isEqualTo(JobState.READY);
    CompletableFuture<Size> value = handle.whenFinished();
    Thread.ofVirtual()
        .start(() -> {
          await().until(() -> slot.contains("lent"));
          set(handle.id(), JobState.SUCCEEDED, "{\"width\":3,\"height\":4}");
        });
    assertThat(handle.await(LONG)).isEqualTo(new Size(3, 4));
    assertThat(slot).containsExactly("lent", "back");
    assertThat(value.get()).isEqualTo(new Size(3, 4));
    assertThat(handle.state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void aJobThatLeftTheStoreSucceeded() throws Exception {
    JobHandle<Size> handle = pusher.push(new Measure("a.png"));
    jobs.clear();
    assertThat(handle.await(LONG)).isNull();
    assertThat(handle.state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void byKindTheValueIsPlainJson() throws Exception {
    JobHandle<Object> handle = pusher.push("any", List.of());
    set(handle.id(), JobState.SUCCEEDED, "{\"a\":[1,\"b\"]}");
    assertThat(handle.await(LONG)).isEqualTo(Map.of("a", List.of(1, "b")));
    assertThat(pusher.handle(handle.id()).await(LONG)).isEqualTo(Map.of("a", List.of(1, "b")));
  }

  @Test
  void failedAndCancelledAreThrownAsTheyAre() {
    JobHandle<Size> handle = pusher.push(new Measure("a.png"));
    set(handle.id(), JobState.FAILED, null);
    assertThatThrownBy(() -> handle.await(LONG))
        .isInstanceOf(JobFailedException.class)
        .hasMessage("job " + handle.id() + " failed: no luck");
    assertThatThrownBy(() -> handle.whenFinished().get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(JobFailedException.class);
    set(handle.id(), JobState.CANCELLED, null);
    assertThatThrownBy(() -> handle.await(LONG)).isInstanceOf(JobCancelledException.class);
    set(handle.id(), JobState.SUCCEEDED, "\"no size\"");
    assertThatThrownBy(() -> handle.await(LONG))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("the value of Measure cannot be read back");
  }

  @Test
  void awaitEndsWithItsTime() {
    JobHandle<Size> handle = pusher.push(new Measure("a.png"));
    assertThatThrownBy(() -> handle.await(Duration.ofMillis(5)))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("job " + handle.id() + " has not ended within PT0.005S");
    assertThat(slot).containsExactly("lent", "back");
  }

  @Test
  void oneQuestionServesManyHandlesAndTheListenerIsTheWatchers() {
    List<JobHandle<Size>> handles =
        pusher.pushTasks(IntStream.range(0, 400).mapToObj(i -> new Measure("" + i)).toList());
    List<CompletableFuture<Size>> values = handles.stream().map(JobHandle::whenFinished).toList();
    await().until(() -> listening);
    int before = asked.get();
    handles.forEach(handle -> set(handle.id(), JobState.SUCCEEDED, "{\"width\":1,\"height\":1}"));
    watcher.wake();
    values.forEach(CompletableFuture::join);
    assertThat(asked.get() - before).isLessThan(50);
  }

  @Test
  void aSlowCallbackHoldsNobodyUp() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    JobHandle<Size> slow = pusher.push(new Measure("slow"));
    JobHandle<Size> other = pusher.push(new Measure("other"));
    CompletableFuture<Void> blocked = slow.whenFinished().thenAccept(size -> join(done));
    jobs.clear();
    assertThat(other.await(LONG)).isNull();
    assertThat(blocked).isNotDone();
    done.countDown();
    blocked.join();
  }

  @Test
  void aStoreThatIsAwayIsAskedAgain() throws Exception {
    JobHandle<Size> handle = pusher.push(new Measure("a.png"));
    failing.set(2);
    CompletableFuture<Size> value = handle.whenFinished();
    await().until(() -> failing.get() == 0);
    jobs.clear();
    assertThat(value.get()).isNull();
  }

  @Test
  void closingEndsTheWaitAndSaysSo() {
    JobHandle<Size> handle = pusher.push(new Measure("a.png"));
    CompletableFuture<Size> value = handle.whenFinished();
    await().until(() -> listening);
    watcher.close();
    watcher.close();
    assertThatThrownBy(value::get)
        .hasCauseInstanceOf(JobyardException.class)
        .hasMessageContaining("Jobyard was closed while job " + handle.id());
    assertThatThrownBy(() -> handle.await(LONG)).hasMessageContaining("Jobyard was closed");
    await().until(() -> !listening);
  }

  private static void join(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
