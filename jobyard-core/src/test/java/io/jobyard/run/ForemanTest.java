package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.Backoff;
import io.jobyard.Failure;
import io.jobyard.FailureHandler;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.Services;
import io.jobyard.Verdict;
import io.jobyard.config.Config;
import io.jobyard.config.Configurer;
import io.jobyard.config.Pool;
import io.jobyard.config.QueueConfig;
import io.jobyard.config.QueueSettings;
import io.jobyard.memory.MemoryStore;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Session;
import io.jobyard.table.Tables;
import io.jobyard.talk.Talk;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Foreman, dispatcher, settler and runner together, on the memory store. */
class ForemanTest {
  private static final Duration LEASE = Duration.ofMillis(600);

  private final MemoryStore store = new MemoryStore();
  private final FakeKinds kinds = new FakeKinds();
  private final AtomicBoolean release = new AtomicBoolean();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    release.set(true);
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    store.close();
  }

  @Test
  void everyJobRunsOnceAndIsCounted() {
    Set<UUID> ran = new ConcurrentSkipListSet<>();
    AtomicInteger runs = new AtomicInteger();
    kinds.put(
        "ok",
        job -> {
          ran.add(job.id());
          runs.incrementAndGet();
          return null;
        });
    start(queue(0), null, 3);
    push("ok", 2_000);
    await().until(() -> status().succeeded() == 2_000);
    assertThat(ran).hasSize(2_000);
    assertThat(runs).hasValue(2_000);
    assertThat(store.held(store.join(info()))).isEmpty();
  }

  @Test
  void aFailureIsRetriedAndThenEndsWithItsWholeHistory() {
    List<Integer> attempts = new CopyOnWriteArrayList<>();
    List<Boolean> last = new CopyOnWriteArrayList<>();
    kinds.put(
        "boom",
        job -> {
          attempts.add(job.attempt());
          last.add(job.lastAttempt());
          throw new IllegalStateException("boom " + job.attempt());
        });
    start(queue(2), null, 2);
    UUID id = push("boom", 1).getFirst();
    JobView job = awaitState(id, JobState.FAILED);
    assertThat(attempts).containsExactly(1, 2, 3);
    assertThat(last).containsExactly(false, false, true);
    assertThat(job.errors())
        .extracting(Failure::message)
        .containsExactly("boom 1", "boom 2", "boom 3");
    assertThat(status().failed()).isEqualTo(1);
  }

  @Test
  void theJobsOwnHandlerRunsOnceAtTheEndAndThenTheQueues() {
    List<String> calls = new CopyOnWriteArrayList<>();
    kinds.put(
        "boom",
        job -> {
          calls.add("run " + job.attempt());
          throw new IllegalStateException("boom");
        });
    kinds.onFailed(
        "boom",
        (job, failure) -> {
          calls.add("own " + failure.message() + " " + job.attempt());
          return Verdict.PASS;
        });
    start(queue(1), (job, failure) -> calls.add("queue " + failure.message()), 1);
    awaitState(push("boom", 1).getFirst(), JobState.FAILED);
    assertThat(calls).containsExactly("run 1", "run 2", "own boom 2", "queue boom");
  }

  @Test
  void aLoopThatNeverEndsTimesOutAndItsSlotServesTheNextJob() {
    kinds.put("spin", job -> spin());
    kinds.put("ok", job -> null);
    start(queue(0), null, 1);
    UUID endless = push("spin", 1).getFirst();
    push("ok", 3);
    JobView job = awaitState(endless, JobState.FAILED);
    assertThat(job.errors()).extracting(Failure::type).containsExactly(FailureType.TIMEOUT);
    assertThat(job.errors().getFirst().threadDump()).contains("ForemanTest.spin");
    await().until(() -> status().succeeded() == 3);
  }

  @Test
  void aRunningJobIsCancelledWithinASecond() {
    CountDownLatch started = new CountDownLatch(1);
    kinds.put(
        "wait",
        job -> {
          started.countDown();
          new CountDownLatch(1).await();
          return null;
        });
    start(queue(0, Duration.ZERO), null, 1);
    UUID id = push("wait", 1).getFirst();
    await().until(() -> started.getCount() == 0);
    assertThat(store.cancel(List.of(id))).containsEntry(id, CancelAnswer.REQUESTED);
    await().atMost(Duration.ofSeconds(1)).until(() -> view(id).state() == JobState.CANCELLED);
  }

  @Test
  void jobsBehindALongOneAreTakenBackForAnIdleWorker() throws InterruptedException {
    CountDownLatch gate = new CountDownLatch(1);
    AtomicInteger quick = new AtomicInteger();
    AtomicBoolean blockNext = new AtomicBoolean();
    kinds.put(
        "quick",
        job -> {
          if (blockNext.compareAndSet(true, false)) {
            gate.await();
          }
          quick.incrementAndGet();
          return null;
        });
    start(queue(0, Duration.ZERO), null, 2);
    push("quick", 1_000);
    await().until(() -> quick.get() > 500);
    blockNext.set(true);
    push("quick", 1_000);
    await().until(() -> quick.get() == 1_999);
    gate.countDown();
    await().until(() -> status().succeeded() == 2_000);
    assertThat(gate.await(0, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void drainFinishesWhatRunsAndGivesBackTheRestUncharged() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(2);
    kinds.put(
        "wait",
        job -> {
          started.countDown();
          gate.await();
          return null;
        });
    Foreman foreman = start(queue(0, Duration.ZERO), null, 2);
    push("wait", 10);
    assertThat(started.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(foreman.drain(Duration.ofMillis(50))).isFalse();
    gate.countDown();
    assertThat(foreman.drain(Duration.ofSeconds(5))).isTrue();
    foreman.close();
    QueueStatus status = status();
    assertThat(status.succeeded()).isEqualTo(2);
    assertThat(status.ready()).isEqualTo(8);
    assertThat(store.list(JobFilter.of("mail"), null, 100).jobs())
        .allMatch(job -> job.counts().charged() == 0);
  }

  @Test
  void aNodeWhoseSessionWasEndedStopsItsRunsAndJoinsAnew() {
    AtomicInteger runs = new AtomicInteger();
    kinds.put(
        "once-stuck",
        job -> {
          if (runs.incrementAndGet() == 1) {
            spin();
          }
          return null;
        });
    Foreman foreman = start(queue(0, Duration.ZERO), null, 1);
    UUID id = push("once-stuck", 1).getFirst();
    await().until(() -> runs.get() == 1);
    long first = store.nodes().getFirst().session();
    store.leave(new Session(first, "app-1"));
    await().until(() -> store.find(List.of(id)).isEmpty());
    assertThat(runs).hasValue(2);
    assertThat(store.nodes()).singleElement().matches(node -> node.session() != first);
    assertThat(foreman.leasesUntil()).isGreaterThan(System.nanoTime());
  }

  @Test
  void aJobLostTooOftenEndsFailedAfterItsHandlers() {
    List<String> alerts = new CopyOnWriteArrayList<>();
    UUID id = push("ok", 1).getFirst();
    kinds.put("ok", job -> null);
    for (int lost = 1; lost <= 3; lost++) {
      var session = store.join(info());
      await()
          .until(() ->
              !store.lease(new LeaseRequest(session, "mail", 1, 1, Set.of())).leases().isEmpty());
      store.leave(session);
      if (lost < 3) {
        Janitor janitor =
            new Janitor(
                store,
                all -> store.settle(all).size(),
                queue -> QueueConfig.named(queue).policy(),
                LEASE,
                InstantSource.system(),
                "app-2");
        janitor.tidy();
        assertThat(view(id).state()).isEqualTo(JobState.READY);
      }
    }
    start(queue(0), (job, failure) -> alerts.add(failure.type().word()), 1);
    JobView job = awaitState(id, JobState.FAILED);
    assertThat(job.counts().lost()).isEqualTo(3);
    assertThat(alerts).containsExactly("lost");
  }

  private static NodeInfo info() {
    return new NodeInfo("app-9", 9, Set.of("mail"));
  }

  private byte[] spin() {
    while (!release.get()) {
      Thread.onSpinWait();
    }
    return null;
  }

  private List<UUID> push(String kind, int count) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(NewJob.of(UUID.randomUUID(), "mail", kind, "{}".getBytes()));
    }
    return store.push(jobs);
  }

  private JobView awaitState(UUID id, JobState state) {
    await().until(() -> view(id).state() == state);
    return view(id);
  }

  private JobView view(UUID id) {
    return store.find(List.of(id)).getFirst();
  }

  private QueueStatus status() {
    return store.queues().stream().filter(q -> q.queue().equals("mail")).findFirst().orElseThrow();
  }

  private static Consumer<QueueSettings> queue(int retries) {
    return queue(retries, Duration.ofMillis(200));
  }

  private static Consumer<QueueSettings> queue(int retries, Duration timeout) {
    return q -> q.retries(retries).timeout(timeout);
  }

  private Foreman start(Consumer<QueueSettings> own, FailureHandler onFailure, int workers) {
    Config config =
        new Configurer()
            .environment(Map.of())
            .node("app-1")
            .store("memory:")
            .lease(LEASE)
            .queue(
                "mail",
                q -> {
                  own.accept(
                      q.backoff(Backoff.fixed(Duration.ofMillis(5)))
                          .poll(Duration.ofMillis(200))
                          .killGrace(Duration.ofMillis(50)));
                  if (onFailure != null) {
                    q.onFailure("Alert");
                  }
                })
            .build();
    Foreman foreman =
        new Foreman(
            store,
            config,
            List.of(Pool.of(config.queue("mail"))),
            false,
            kind -> JobSettings.NONE,
            InstantSource.system(),
            until -> {});
    LocalCrew crew =
        new LocalCrew(
            new LocalCrew.Setup(
                "app-1",
                config.queue("mail"),
                new Equipment(kinds, new Services(), onFailure),
                store,
                foreman,
                Tables.none(),
                new Talk("app-1", store),
                null,
                InstantSource.system()));
    foreman.start();
    crew.start(workers);
    open.add(foreman);
    open.add(crew);
    return foreman;
  }
}
