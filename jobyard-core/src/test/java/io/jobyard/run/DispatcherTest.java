package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.StoreUnavailable;
import io.jobyard.config.Configurer;
import io.jobyard.config.Pool;
import io.jobyard.config.QueueConfig;
import io.jobyard.memory.MemoryStore;
import io.jobyard.run.RunBoard.Mark;
import io.jobyard.stats.Tally;
import io.jobyard.store.DispatcherStore;
import io.jobyard.store.JobSettings;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.QueueStatus;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The dispatcher against workers and a store that do not behave. */
class DispatcherTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final int SMALL = 100;

  private final MemoryStore store = new MemoryStore();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Settler settler;
  private Dispatcher dispatcher;

  @AfterEach
  void close() {
    dispatcher.close();
    settler.close();
    threads.shutdownNow();
    store.close();
  }

  @Test
  void goesOnAsSoonAsAStoreThatWasSlowToSettleIsQuickAgain() {
    CountDownLatch gate = new CountDownLatch(1);
    start(settlingAfter(gate), Duration.ofMillis(100));
    dispatcher.ready(new FakeWorker(this::finish, worker -> {}));
    push(5_000, SMALL);
    await().until(() -> settler.backlog() > 1_000 && dispatcher.held().isEmpty());
    gate.countDown();
    await().atMost(SOON).until(() -> status().succeeded() == 5_000);
  }

  @Test
  void whatWasNotStartedIsGivenBackWhenTheStoreGoesAwayForItMayForgetTheLeases() {
    AtomicBoolean away = new AtomicBoolean();
    List<Assignment> handed = new CopyOnWriteArrayList<>();
    start(awayWhile(away), Duration.ofMillis(100));
    FakeWorker worker =
        new FakeWorker(
            3,
            false,
            (own, run) -> {
              handed.add(run);
              if (handed.size() == 1) {
                own.board().start(run.ticket(), System.nanoTime());
              } else if (away.get()) {
                throw new AssertionError("handed over while the store was away");
              }
            },
            own -> {});
    dispatcher.ready(worker);
    push(20, SMALL);
    await().until(() -> handed.size() == 3);
    away.set(true);
    finish(worker, handed.getFirst());
    await().atMost(SOON).until(() -> dispatcher.held().isEmpty());
    assertThat(settler.pending()).hasSizeGreaterThan(1);
    dispatcher.gone(worker, null);
    away.set(false);
    dispatcher.ready(new FakeWorker(this::finish, next -> {}));
    await().atMost(SOON).until(() -> status().succeeded() == 20);
  }

  @Test
  void aLargeJobThatRunsDoesNotSlowDownTheSmallOnesBehindIt() {
    start(store, Duration.ofMinutes(1));
    AtomicInteger large = new AtomicInteger();
    for (int i = 0; i < 2; i++) {
      dispatcher.ready(
          new FakeWorker(
              (worker, run) -> {
                if (run.lease().payload().bytes().length == SMALL) {
                  finish(worker, run);
                } else {
                  worker.board().start(run.ticket(), System.nanoTime());
                  large.incrementAndGet();
                }
              },
              worker -> {}));
    }
    push(1, 9 * 1024 * 1024);
    await().until(() -> large.get() == 1);
    push(50, SMALL);
    await().atMost(SOON).until(() -> status().succeeded() == 50);
  }

  @Test
  void aWorkerThatLeavesItsJobLyingIsKilledAndTheNextOneRunsIt() {
    start(store, Duration.ofMillis(100));
    AtomicInteger killed = new AtomicInteger();
    dispatcher.ready(
        new FakeWorker(
            (worker, run) -> {},
            worker -> {
              killed.incrementAndGet();
              threads.execute(() -> {
                dispatcher.gone(worker, null);
                dispatcher.ready(new FakeWorker(this::finish, next -> {}));
              });
            }));
    push(1, SMALL);
    await().atMost(SOON.multipliedBy(2)).until(() -> status().succeeded() == 1);
    assertThat(killed).hasValue(1);
  }

  @Test
  void aRunIsInItsCareFromTheHandOverToItsEndOrTheEndOfItsLease() {
    start(store, Duration.ofMinutes(1));
    List<Assignment> handed = new CopyOnWriteArrayList<>();
    FakeWorker worker =
        new FakeWorker(
            (own, run) -> {
              own.board().start(run.ticket(), System.nanoTime());
              handed.add(run);
            },
            own -> {});
    dispatcher.ready(worker);
    push(1, SMALL);
    await().until(() -> handed.size() == 1);
    int first = handed.getFirst().ticket();
    assertThat(dispatcher.has(worker, first)).isTrue();
    assertThat(dispatcher.has(worker, first + RunBoard.SLOTS)).as("another's").isFalse();
    assertThat(dispatcher.has(new FakeWorker((own, run) -> {}, own -> {}), first)).isFalse();
    worker.board().mark(first, Mark.SUCCEEDED);
    assertThat(dispatcher.has(worker, first)).as("before its end was told").isTrue();
    finish(worker, handed.getFirst());
    await().until(() -> !dispatcher.has(worker, first));

    push(1, SMALL);
    await().until(() -> handed.size() == 2);
    int second = handed.getLast().ticket();
    assertThat(dispatcher.has(worker, second)).isTrue();
    dispatcher.abandon();
    assertThat(dispatcher.has(worker, second)).as("its lease is gone").isFalse();
  }

  private void finish(FakeWorker worker, Assignment run) {
    worker.board().start(run.ticket(), System.nanoTime());
    worker.board().mark(run.ticket(), Mark.SUCCEEDED);
    Finished finished = new Finished(run.ticket(), new Outcome.Succeeded(null), List.of(), false);
    threads.execute(() -> dispatcher.done(worker, List.of(finished)));
  }

  private void start(DispatcherStore behind, Duration poll) {
    QueueConfig queue =
        new Configurer()
            .environment(Map.of())
            .queue("mail", settings -> settings.poll(poll).timeout(Duration.ZERO))
            .build()
            .queue("mail");
    settler = new Settler(behind);
    dispatcher =
        new Dispatcher(
            new Dispatcher.Setup(
                "app-1",
                Pool.of(queue),
                Dispatcher.Duty.ALL,
                behind,
                settler,
                kind -> JobSettings.NONE,
                InstantSource.system(),
                new Tally()));
    settler.start();
    dispatcher.start();
    dispatcher.serve(store.join(new NodeInfo("app-1", 1, Set.of("mail"))));
  }

  /** The store, which answers nothing while it is away. */
  private DispatcherStore awayWhile(AtomicBoolean away) {
    return storeThat(method -> {
      if (away.get()) {
        throw new StoreUnavailable("away");
      }
    });
  }

  /** The store, whose settlements wait until the gate opens. */
  private DispatcherStore settlingAfter(CountDownLatch gate) {
    return storeThat(method -> {
      if (method.equals("settle")) {
        gate.await();
      }
    });
  }

  private interface Before {
    void call(String method) throws Exception;
  }

  /** The store, which does this before it answers. */
  private DispatcherStore storeThat(Before before) {
    return (DispatcherStore)
        Proxy.newProxyInstance(
            DispatcherStore.class.getClassLoader(),
            new Class<?>[] {DispatcherStore.class},
            (self, method, arguments) -> {
              before.call(method.getName());
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void push(int count, int bytes) {
    store.push(
        Stream.generate(() -> NewJob.of(UUID.randomUUID(), "mail", "any", new byte[bytes]))
            .limit(count)
            .toList());
    dispatcher.wake();
  }

  private QueueStatus status() {
    return store.queues().getFirst();
  }
}
