package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.JobState;
import io.jobyard.Progress;
import io.jobyard.Services;
import io.jobyard.config.Config;
import io.jobyard.config.Configurer;
import io.jobyard.config.QueueSettings;
import io.jobyard.memory.MemoryStore;
import io.jobyard.store.JobSettings;
import io.jobyard.store.NewJob;
import io.jobyard.talk.Ears;
import io.jobyard.talk.Talk;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SingleFileTest {
  private final MemoryStore store = new MemoryStore();
  private final FakeKinds kinds = new FakeKinds();
  private final List<String> ran = new CopyOnWriteArrayList<>();
  private SingleFile work;

  @BeforeEach
  void open() {
    kinds.put(
        "note",
        job -> {
          ran.add(job.queue());
          return null;
        });
    kinds.put(
        "boom",
        job -> {
          throw new IllegalStateException("boom");
        });
    Equipment equipment =
        new Equipment(
            kinds, new Services(), (job, failure) -> ran.add("alert " + failure.message()));
    work =
        new SingleFile(
            store,
            config(),
            List.of("urgent", "slow"),
            Map.of("urgent", equipment, "slow", equipment),
            InstantSource.system());
    work.start();
  }

  @AfterEach
  void close() {
    work.close();
    store.close();
  }

  @Test
  void theFirstQueueAlwaysGoesFirst() throws InterruptedException {
    push("slow", "note", 0);
    push("slow", "note", 0);
    push("urgent", "note", 0);
    work.next();
    push("urgent", "note", 0);
    work.next();
    work.next();
    work.next();
    assertThat(ran).containsExactly("urgent", "urgent", "slow", "slow");
  }

  @Test
  void aFinalFailureRunsItsHandlersBeforeTheNextJob() throws InterruptedException {
    UUID id = push("slow", "boom", 0);
    SingleFile.Worked worked = work.next().orElseThrow();
    assertThat(worked.outcome()).isInstanceOf(Outcome.Handled.class);
    assertThat(ran).containsExactly("alert boom");
    assertThat(store.find(List.of(id)).getFirst().state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void aCancelStopsTheJobInWork() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    kinds.put(
        "wait",
        job -> {
          started.countDown();
          new CountDownLatch(1).await();
          return null;
        });
    UUID id = push("slow", "wait", 0);
    Thread.ofVirtual()
        .start(() -> {
          await().until(() -> started.getCount() == 0);
          store.cancel(List.of(id));
        });
    assertThat(work.next().orElseThrow().outcome()).isEqualTo(new Outcome.Cancelled());
    assertThat(store.find(List.of(id)).getFirst().state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void whatAJobSaysIsHeard() throws InterruptedException {
    kinds.put(
        "tell",
        job -> {
          job.progress(1, 2, "half");
          job.send("hello");
          return null;
        });
    UUID id = push("slow", "tell", 0);
    List<Object> heard = new CopyOnWriteArrayList<>();
    try (Talk talk = new Talk("test", store);
        Ears ears = new Ears(talk)) {
      ears.onMessage(id, message -> heard.add(message.as(String.class)));
      ears.onProgress(id, heard::add);
      work.next();
      await().until(() -> heard.size() == 2);
    }
    assertThat(heard).containsExactlyInAnyOrder("hello", new Progress(1, 2, "half"));
  }

  @Test
  void stopEndsTheWaitForAJob() throws InterruptedException {
    Thread.ofVirtual().start(work::stop);
    assertThat(work.next()).isEmpty();
  }

  private UUID push(String queue, String kind, int retries) {
    NewJob job = NewJob.of(UUID.randomUUID(), queue, kind, "{}".getBytes(StandardCharsets.UTF_8));
    return store
        .push(
            List.of(
                new NewJob(
                    job.id(),
                    null,
                    queue,
                    kind,
                    job.payload(),
                    job.due(),
                    0,
                    null,
                    false,
                    new JobSettings(retries, null, null, null),
                    null,
                    null,
                    null,
                    null)))
        .getFirst();
  }

  private static Config config() {
    return new Configurer()
        .environment(Map.of())
        .node("app-1")
        .store("memory:")
        .lease(Duration.ofSeconds(2))
        .queue("slow", SingleFileTest::alerting)
        .queue("urgent", SingleFileTest::alerting)
        .build();
  }

  private static void alerting(QueueSettings queue) {
    queue.poll(Duration.ofMillis(200)).killGrace(Duration.ofMillis(50)).onFailure("Alert");
  }
}
