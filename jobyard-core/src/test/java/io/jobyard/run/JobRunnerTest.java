package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.Failure;
import io.jobyard.FailureHandler;
import io.jobyard.FailureType;
import io.jobyard.Pusher;
import io.jobyard.Services;
import io.jobyard.Verdict;
import io.jobyard.run.RunBoard.Mark;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Payload;
import io.jobyard.store.Phase;
import io.jobyard.store.Standing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobRunnerTest {
  private static final Duration NO_LIMIT = Duration.ZERO;

  private final FakeKinds kinds = new FakeKinds();
  private final List<Finished> reports = new CopyOnWriteArrayList<>();
  private final RunBoard board = RunBoard.local();
  private final AtomicBoolean release = new AtomicBoolean();
  private final List<String> lent = new CopyOnWriteArrayList<>();
  private FailureHandler onFailure;
  private JobRunner runner;

  @AfterEach
  void close() {
    release.set(true);
    if (runner != null) {
      runner.close();
    }
  }

  @Test
  void reportsWhatCameOfEachJob() {
    kinds.put("ok", job -> null);
    kinds.put("value", job -> "42".getBytes(StandardCharsets.UTF_8));
    kinds.put(
        "boom",
        job -> {
          throw new IllegalStateException("no such user");
        });
    start(1);
    hand(1, "ok", NO_LIMIT);
    hand(2, "value", NO_LIMIT);
    hand(3, "boom", NO_LIMIT);
    hand(4, "nobody", NO_LIMIT);
    await().until(() -> reports.size() == 4);

    assertThat(outcome(1)).isEqualTo(new Outcome.Succeeded(null));
    assertThat(board.mark(1)).isEqualTo(Mark.SUCCEEDED);
    assertThat(((Outcome.Succeeded) outcome(2)).result()).asString().isEqualTo("42");
    assertThat(board.mark(2)).isEqualTo(Mark.ENDED);
    Failure boom = ((Outcome.Failed) outcome(3)).failure();
    assertThat(boom.type()).isEqualTo(FailureType.EXCEPTION);
    assertThat(boom.className()).isEqualTo("java.lang.IllegalStateException");
    assertThat(boom.message()).isEqualTo("no such user");
    assertThat(boom.stack()).contains("reportsWhatCameOfEachJob");
    assertThat(boom.node()).isEqualTo("app-1");
    assertThat(((Outcome.Failed) outcome(4)).failure().message()).contains("nobody");
  }

  @Test
  void neverRunsMoreThanItsThreadsAndNothingThatWasTakenBack() throws InterruptedException {
    CountDownLatch gate = new CountDownLatch(1);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    kinds.put(
        "wait",
        job -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          gate.await();
          running.decrementAndGet();
          return null;
        });
    start(2);
    for (int ticket = 1; ticket <= 5; ticket++) {
      hand(ticket, "wait", NO_LIMIT);
    }
    await().until(() -> running.get() == 2);
    assertThat(board.recall(5)).isTrue();
    gate.countDown();
    await().until(() -> reports.size() == 4 && runner.idle());
    assertThat(most).hasValue(2);
    assertThat(reports).extracting(Finished::ticket).doesNotContain(5);
  }

  @Test
  void aDeadlineInterruptsAndCarriesADump() {
    kinds.put(
        "sleep",
        job -> {
          new CountDownLatch(1).await();
          return null;
        });
    start(1);
    hand(1, "sleep", Duration.ofMillis(60));
    await().until(() -> reports.size() == 1);
    assertThat(reports.getFirst().stuck()).isFalse();
    Failure failure = ((Outcome.TimedOut) outcome(1)).failure();
    assertThat(failure.type()).isEqualTo(FailureType.TIMEOUT);
    assertThat(failure.message()).contains("60 ms");
    assertThat(failure.threadDump()).contains("CountDownLatch.await").contains("JobRunnerTest");
  }

  @Test
  void aLoopThatIgnoresInterruptsIsReportedStuckWhereItSpins() {
    kinds.put("spin", job -> spin());
    start(1);
    hand(1, "spin", Duration.ofMillis(60));
    await().until(() -> reports.size() == 1);
    assertThat(reports.getFirst().stuck()).isTrue();
    Failure failure = ((Outcome.TimedOut) outcome(1)).failure();
    assertThat(failure.message()).contains("ignored the interrupt");
    assertThat(failure.threadDump()).contains("JobRunnerTest.spin");
  }

  @Test
  void spinningJobsOnEveryCarrierDoNotHoldUpTheWatch() {
    int cores = Runtime.getRuntime().availableProcessors();
    kinds.put("spin", job -> spin());
    start(cores + 1);
    for (int ticket = 1; ticket <= cores + 1; ticket++) {
      hand(ticket, "spin", Duration.ofMillis(100));
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> reports.size() >= cores);
    assertThat(reports).allMatch(Finished::stuck);
  }

  @Test
  void cancelStopsARun() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    AtomicBoolean seen = new AtomicBoolean();
    kinds.put(
        "sleep",
        job -> {
          started.countDown();
          try {
            new CountDownLatch(1).await();
          } finally {
            seen.set(job.cancelled());
          }
          return null;
        });
    start(1);
    hand(1, "sleep", NO_LIMIT);
    started.await();
    runner.cancel(1);
    await().until(() -> reports.size() == 1);
    assertThat(outcome(1)).isEqualTo(new Outcome.Cancelled());
    assertThat(seen).isTrue();
  }

  @Test
  void releaseAndCancelLeaveTheJobEvenThroughACatch() {
    kinds.put(
        "release",
        job -> {
          try {
            job.release(Duration.ofSeconds(7));
          } catch (Throwable swallowed) {
            return null;
          }
          return null;
        });
    kinds.put(
        "cancel",
        job -> {
          job.cancel();
          return null;
        });
    start(1);
    hand(1, "release", NO_LIMIT);
    hand(2, "cancel", NO_LIMIT);
    await().until(() -> reports.size() == 2);
    assertThat(outcome(1)).isEqualTo(new Outcome.Released(Duration.ofSeconds(7)));
    assertThat(outcome(2)).isEqualTo(new Outcome.Cancelled());
  }

  @Test
  void handlersRunInOrderAndTheQueuesOnlyOnPass() {
    List<String> calls = new CopyOnWriteArrayList<>();
    kinds.put("job", job -> null);
    onFailure =
        (job, failure) -> {
          calls.add("queue:" + failure.message());
          throw new IllegalArgumentException("alert is down");
        };
    start(1);
    handFailing(1, "job");
    await().until(() -> reports.size() == 1);
    assertThat(calls).containsExactly("queue:boom");
    List<Failure> errors = ((Outcome.Handled) outcome(1)).errors();
    assertThat(errors).extracting(Failure::message).containsExactly("alert is down");

    kinds.onFailed("job", (job, failure) -> Verdict.HANDLED);
    handFailing(2, "job");
    await().until(() -> reports.size() == 2);
    assertThat(calls).hasSize(1);

    handFailing(3, "nobody");
    await().until(() -> reports.size() == 3);
    assertThat(calls).hasSize(2);
  }

  @Test
  void aWaitingJobLendsItsSlot() {
    kinds.put(
        "parent",
        job -> {
          JobRunner.Slot slot = slots.get(job.id());
          slot.lend();
          await().until(() -> reports.size() == 1);
          slot.resume();
          return null;
        });
    kinds.put("child", job -> null);
    start(1);
    hand(1, "parent", NO_LIMIT);
    hand(2, "child", NO_LIMIT);
    await().until(() -> reports.size() == 2);
    assertThat(reports).extracting(Finished::ticket).containsExactly(2, 1);
    assertThat(lent).containsExactly("1 true", "1 false");
  }

  @Test
  void logLinesTravelWithTheOutcomeAndAreBounded() {
    kinds.put(
        "chatty",
        job -> {
          for (int i = 0; i < 1_500; i++) {
            job.log("line " + i);
          }
          return null;
        });
    start(1);
    hand(1, "chatty", NO_LIMIT);
    await().until(() -> reports.size() == 1);
    assertThat(reports.getFirst().log()).hasSize(1_000).endsWith("line 1499");
  }

  private final Map<UUID, JobRunner.Slot> slots = new ConcurrentHashMap<>();

  private byte[] spin() {
    while (!release.get()) {
      Thread.onSpinWait();
    }
    return null;
  }

  private void start(int threads) {
    runner =
        new JobRunner(
            new JobRunner.Setup(
                "app-1",
                "mail",
                threads,
                Duration.ofMillis(50),
                kinds,
                new Services(),
                onFailure,
                new NoUplink() {
                  @Override
                  public void waiting(int ticket, boolean waits) {
                    lent.add(ticket + " " + waits);
                  }
                },
                (lease, slot) -> {
                  slots.put(lease.key().id(), slot);
                  return (Pusher) null;
                },
                board,
                reports::add,
                InstantSource.system()));
  }

  private void hand(int ticket, String kind, Duration timeout) {
    give(ticket, kind, timeout, Phase.RUN, List.of());
  }

  private void handFailing(int ticket, String kind) {
    Failure boom =
        new Failure(FailureType.EXCEPTION, "", "boom", "", Instant.EPOCH, "app-1", 1, null);
    give(ticket, kind, NO_LIMIT, Phase.FAILING, List.of(boom));
  }

  private void give(int ticket, String kind, Duration timeout, Phase phase, List<Failure> errors) {
    LeaseKey key = new LeaseKey(new UUID(0, ticket), ticket, 1, 1);
    Standing standing = new Standing(key, "mail", false, JobSettings.NONE, Counts.ZERO, phase);
    Lease lease =
        new Lease(standing, kind, Payload.json(new byte[0]), 0, null, Instant.EPOCH, errors, null);
    var run = new Assignment(ticket, lease, timeout, false);
    board.hand(run, System.nanoTime());
    runner.run(List.of(run));
  }

  private Outcome outcome(int ticket) {
    return reports.stream().filter(r -> r.ticket() == ticket).findFirst().orElseThrow().outcome();
  }
}
