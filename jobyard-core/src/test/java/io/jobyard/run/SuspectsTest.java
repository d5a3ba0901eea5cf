package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.config.Configurer;
import io.jobyard.config.Pool;
import io.jobyard.config.QueueConfig;
import io.jobyard.memory.MemoryStore;
import io.jobyard.run.RunBoard.Mark;
import io.jobyard.stats.Tally;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Phase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is charged when a worker that ran several jobs dies. */
class SuspectsTest {
  private static final Blame BLAME = new Blame(FailureType.CRASH, "it halted", "last words", 7);

  private final MemoryStore store = new MemoryStore();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger cells = new AtomicInteger();
  private final ConcurrentLinkedQueue<UUID> alone = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<UUID> together = new ConcurrentLinkedQueue<>();
  private Settler settler;
  private Dispatcher dispatcher;

  @BeforeEach
  void start() {
    QueueConfig queue =
        new Configurer()
            .environment(Map.of())
            .queue("mail", q -> q.threads(4).maxCrashes(1).keepSucceeded(Duration.ofHours(1)))
            .build()
            .queue("mail");
    settler = new Settler(store);
    dispatcher =
        new Dispatcher(
            new Dispatcher.Setup(
                "app-1",
                Pool.of(queue),
                Dispatcher.Duty.ALL,
                store,
                settler,
                kind -> JobSettings.NONE,
                InstantSource.system(),
                new Tally()));
    settler.start();
    dispatcher.start();
    dispatcher.serve(store.join(new NodeInfo("app-1", 1, Set.of("mail"))));
  }

  @AfterEach
  void close() {
    dispatcher.close();
    settler.close();
    threads.shutdownNow();
    store.close();
  }

  @Test
  void onlyTheOneThatKillsAgainIsCharged() {
    isolate();
    List<UUID> jobs = List.of(push("good"), push("good"), push("poison"), push("good"));
    FakeWorker shared = new FakeWorker(4, false, this::runShared, worker -> {});
    dispatcher.ready(shared);
    await().until(() -> together.size() == 4);

    dispatcher.gone(shared, BLAME);

    await().until(() -> jobs.stream().allMatch(id -> state(id).finished()));
    assertThat(alone).containsAll(jobs);
    for (UUID id : jobs) {
      boolean guilty = id.equals(jobs.get(2));
      assertThat(state(id)).isEqualTo(guilty ? JobState.FAILED : JobState.SUCCEEDED);
      assertThat(view(id).counts().crashed()).isEqualTo(guilty ? 1 : 0);
      assertThat(view(id).errors()).hasSize(guilty ? 1 : 0);
    }
    assertThat(view(jobs.get(2)).errors().getFirst().message()).isEqualTo("it halted");
    await().untilAtomic(cells, is(0));
  }

  @Test
  void suspectsHoldUpNobody() {
    List<UUID> suspects = List.of(push("good"), push("good"));
    dispatcher.isolateIn(count -> {}); // no cell ever comes up
    FakeWorker shared = new FakeWorker(4, false, this::runShared, worker -> {});
    dispatcher.ready(shared);
    await().until(() -> together.size() == 2);
    dispatcher.gone(shared, BLAME);

    dispatcher.ready(new FakeWorker(4, false, this::runAlone, worker -> {}));
    UUID other = push("good");

    await().until(() -> state(other) == JobState.SUCCEEDED);
    assertThat(suspects).allSatisfy(id -> assertThat(state(id)).isEqualTo(JobState.RUNNING));
    dispatcher.drain();
    await().until(() -> suspects.stream().allMatch(id -> state(id) == JobState.READY));
  }

  @Test
  void oneThatRanBesideOthersThatOnlyWaitedIsChargedAtOnce() {
    UUID waits = push("good");
    UUID runs = push("poison");
    FakeWorker shared = new FakeWorker(4, false, this::runShared, worker -> {});
    dispatcher.ready(shared);
    await().until(() -> together.size() == 2);
    shared.board().mark(shared.ticket(waits), Mark.WAITING);

    isolate();
    dispatcher.gone(shared, BLAME);

    await().until(() -> state(runs) == JobState.FAILED);
    await().until(() -> state(waits) == JobState.READY);
    assertThat(view(waits).counts().charged()).isZero();
  }

  /** Each cell that is asked for comes up, and kills itself with the poison. */
  private void isolate() {
    dispatcher.isolateIn(needed ->
        threads.execute(() -> {
          while (cells.get() < Math.min(2, needed)) {
            cells.incrementAndGet();
            dispatcher.ready(new FakeWorker(1, true, this::runAlone, this::leave));
          }
        }));
  }

  private void leave(FakeWorker worker) {
    cells.decrementAndGet();
    if (!threads.isShutdown()) {
      threads.execute(() -> dispatcher.gone(worker, null));
    }
  }

  private void runShared(FakeWorker worker, Assignment run) {
    worker.board().start(run.ticket(), System.nanoTime());
    together.add(run.lease().key().id());
  }

  private void runAlone(FakeWorker worker, Assignment run) {
    worker.board().start(run.ticket(), System.nanoTime());
    boolean poison = run.lease().kind().equals("poison");
    if (worker.isolated()) {
      alone.add(run.lease().key().id());
    }
    if (poison && run.lease().standing().phase() == Phase.RUN) {
      threads.execute(() -> {
        cells.decrementAndGet();
        dispatcher.gone(worker, BLAME);
      });
    } else {
      Outcome outcome = poison ? new Outcome.Handled(List.of()) : new Outcome.Succeeded(null);
      worker.board().mark(run.ticket(), poison ? Mark.ENDED : Mark.SUCCEEDED);
      var finished = new Finished(run.ticket(), outcome, List.of(), false);
      threads.execute(() -> dispatcher.done(worker, List.of(finished)));
    }
  }

  private UUID push(String kind) {
    UUID id = UUID.randomUUID();
    store.push(List.of(NewJob.of(id, "mail", kind, "{}".getBytes(StandardCharsets.UTF_8))));
    dispatcher.wake();
    return id;
  }

  private JobState state(UUID id) {
    return view(id).state();
  }

  private JobView view(UUID id) {
    return store.find(List.of(id)).getFirst();
  }
}
