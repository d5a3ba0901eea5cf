package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.config.Configurer;
import io.jobyard.config.Pool;
import io.jobyard.config.QueueConfig;
import io.jobyard.config.QueueSettings;
import io.jobyard.memory.MemoryStore;
import io.jobyard.run.RunBoard.Mark;
import io.jobyard.stats.Tally;
import io.jobyard.store.DispatcherStore;
import io.jobyard.store.JobSettings;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Order;
import io.jobyard.store.Slots;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the dispatcher asks the store for, and when. */
class LeasingTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final MemoryStore store = new MemoryStore();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<LeaseRequest> asked = new ConcurrentLinkedQueue<>();
  private final Queue<Assignment> running = new ConcurrentLinkedQueue<>();
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
  void itPassesTheQueuesOrderAndLimit() {
    start(queue -> queue.processes(1).order(Order.LIFO).limit(7));
    dispatcher.ready(worker(0, 2));

    await().until(() -> !asked.isEmpty());

    assertThat(asked.peek().order()).isEqualTo(Order.LIFO);
    assertThat(asked.peek().limit()).isEqualTo(7);
    assertThat(asked.peek().count()).isEqualTo(2);
    assertThat(asked.peek().slots()).isNull();
  }

  @Test
  void aLimitedQueueHasNothingInHandThatDoesNotRun() {
    start(queue -> queue.limit(1_000).processes(1).threads(4));
    FakeWorker quick = new FakeWorker(4, false, this::finish, w -> {});
    dispatcher.ready(quick);
    push("any", 2_000);

    await().until(() -> store.queues().getFirst().succeeded() == 2_000);

    assertThat(asked).allSatisfy(request -> assertThat(request.count()).isBetween(1, 4));
  }

  @Test
  void theEndOfAJobElsewhereMakesALimitedQueueAskAgainAtOnce() {
    start(queue -> queue.limit(1).poll(LONG));
    dispatcher.ready(worker(0, 2));
    await().until(() -> asked.size() == 1 && idle());

    dispatcher.freed();

    await().until(() -> asked.size() == 2);
  }

  @Test
  void theEndOfAJobElsewhereIsNothingToAQueueWithoutALimit() {
    start(queue -> queue.poll(LONG));
    dispatcher.ready(worker(0, 2));
    await().until(() -> asked.size() == 1 && idle());

    dispatcher.freed();

    await().during(Duration.ofMillis(200)).until(() -> asked.size() == 1);
  }

  @Test
  void aJobPinnedToASlotRunsThereModuloProcessesAndABusySlotHoldsUpNobody() {
    start(queue -> queue.processes(2).poll(LONG));
    FakeWorker zero = worker(0, 1);
    FakeWorker one = worker(1, 1);
    dispatcher.ready(zero);
    dispatcher.ready(one);
    UUID first = pinned(3); // slot 1 of 2
    await().until(() -> runs(one, first));

    UUID behind = pinned(1);
    UUID free = push("any", 1).getFirst();

    await().until(() -> runs(zero, free));
    finish(zero, assignment(free));
    await().until(() -> asked.stream().anyMatch(r -> new Slots(2, Set.of(0)).equals(r.slots())));
    assertThat(runs(one, behind)).isFalse();
    assertThat(runs(zero, behind)).isFalse();

    finish(one, assignment(first));
    await().until(() -> runs(one, behind));
  }

  private boolean idle() {
    return dispatcher.held().isEmpty();
  }

  private boolean runs(FakeWorker worker, UUID job) {
    return worker.has(job) && running.stream().anyMatch(run -> run.lease().key().id().equals(job));
  }

  private Assignment assignment(UUID job) {
    return running.stream().filter(r -> r.lease().key().id().equals(job)).findFirst().orElseThrow();
  }

  private FakeWorker worker(int slot, int threadCount) {
    return new FakeWorker(slot, threadCount, this::begin, w -> {});
  }

  private void begin(FakeWorker worker, Assignment run) {
    worker.board().start(run.ticket(), System.nanoTime());
    running.add(run);
  }

  private void finish(FakeWorker worker, Assignment run) {
    worker.board().start(run.ticket(), System.nanoTime());
    worker.board().mark(run.ticket(), Mark.SUCCEEDED);
    Finished finished = new Finished(run.ticket(), new Outcome.Succeeded(null), List.of(), false);
    threads.execute(() -> dispatcher.done(worker, List.of(finished)));
  }

  private UUID pinned(int slot) {
    NewJob job = NewJob.of(UUID.randomUUID(), "mail", "any", new byte[10]);
    return push(List.of(pin(job, slot))).getFirst();
  }

  private static NewJob pin(NewJob job, int slot) {
    return new NewJob(
        job.id(),
        job.externalId(),
        job.queue(),
        job.kind(),
        job.payload(),
        job.due(),
        job.priority(),
        slot,
        job.task(),
        job.settings(),
        job.uniqueKey(),
        job.partitionKey(),
        job.parentId(),
        job.meta());
  }

  private List<UUID> push(String kind, int count) {
    return push(
        Stream.generate(() -> NewJob.of(UUID.randomUUID(), "mail", kind, new byte[10]))
            .limit(count)
            .toList());
  }

  private List<UUID> push(List<NewJob> jobs) {
    List<UUID> ids = store.push(jobs);
    dispatcher.wake();
    return ids;
  }

  private void start(Consumer<QueueSettings> settings) {
    QueueConfig queue =
        new Configurer().environment(Map.of()).queue("mail", settings).build().queue("mail");
    DispatcherStore watched = watched();
    settler = new Settler(watched);
    dispatcher =
        new Dispatcher(
            new Dispatcher.Setup(
                "app-1",
                Pool.of(queue),
                Dispatcher.Duty.ALL,
                watched,
                settler,
                kind -> JobSettings.NONE,
                InstantSource.system(),
                new Tally()));
    settler.start();
    dispatcher.start();
    dispatcher.serve(store.join(new NodeInfo("app-1", 1, Set.of("mail"))));
  }

  /** The store, that remembers what it was asked for. */
  private DispatcherStore watched() {
    return (DispatcherStore)
        Proxy.newProxyInstance(
            DispatcherStore.class.getClassLoader(),
            new Class<?>[] {DispatcherStore.class},
            (self, method, arguments) -> {
              try {
                Object answer = method.invoke(store, arguments);
                if (answer instanceof Leased) {
                  asked.add((LeaseRequest) arguments[0]);
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
