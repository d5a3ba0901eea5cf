package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.JobyardException;
import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Settlement;
import io.jobyard.store.Signal;
import io.jobyard.store.StoreListener;
import io.jobyard.store.StoreOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * A server that goes away and comes back: who asks meanwhile is told so in time, nothing that was
 * acknowledged is lost, and the same store object goes on by itself. For stores on a server; each
 * implements it in a test class of its own, beside {@link StoreContract}.
 */
public interface OutageContract extends StoreFixture {
  /** What a push may take beyond its timeout on a machine that has other things to do. */
  Duration SLACK = Duration.ofSeconds(5);

  /** When any other question must be answered, if only by an error. */
  Duration ANSWER = Duration.ofSeconds(45);

  /** When a store must have found the server again. */
  Duration BACK = Duration.ofSeconds(45);

  Duration BEAT = Duration.ofMillis(50);

  @Override
  OutageHarness harness();

  /** What a store that listens is told; everything is remembered. */
  final class Told implements StoreListener {
    private final Set<String> queues = ConcurrentHashMap.newKeySet();
    private final Set<String> messages = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean away = new AtomicBoolean();

    private static Told by(JobStore store) {
      Told told = new Told();
      Subscription unusedReady = store.listen(told);
      Subscription unusedHeard = store.hear("crew", signal -> told.messages.add(text(signal)));
      return told;
    }

    @Override
    public void ready(String queue) {
      queues.add(queue);
    }

    @Override
    public void away() {
      away.set(true);
    }

    private static String text(Signal signal) {
      return new String(signal.body(), StandardCharsets.UTF_8);
    }

    /**
     * Another store pushes to the queue and sends a message of its name, again and again, until
     * both are told: what was told while this one was not connected is lost.
     */
    private void hears(JobStore other, String name) {
      Signal signal = new Signal("crew", name.getBytes(StandardCharsets.UTF_8));
      await()
          .atMost(BACK)
          .pollInterval(BEAT.multipliedBy(4))
          .until(() -> {
            answer(() -> {
              other.signal(List.of(signal));
              return other.push(List.of(Draft.job().queue(name).done()));
            });
            return queues.contains(name) && messages.contains(name);
          });
    }
  }

  /** What the store answers; nothing while it says that it is unavailable. */
  private static <T> Optional<T> answer(Callable<T> call) {
    try {
      return Optional.of(call.call());
    } catch (StoreUnavailable e) {
      return Optional.empty();
    } catch (Exception e) {
      throw new AssertionError("something else than StoreUnavailable", e);
    }
  }

  /** Asks until the store answers again. */
  private static <T> T answers(Callable<T> call) {
    return await()
        .atMost(BACK)
        .pollInterval(BEAT)
        .until(() -> answer(call), Optional::isPresent)
        .orElseThrow();
  }

  /** Every question that needs the server, by name. */
  private static Map<String, Callable<?>> questions(Actor node, Lease lease) {
    JobStore store = node.store;
    UUID id = lease.key().id();
    Map<String, Callable<?>> questions = new LinkedHashMap<>();
    questions.put("push", () -> store.push(List.of(Draft.job().done())));
    questions.put("push of a child", () -> store.push(List.of(Draft.job().done()), lease.key()));
    questions.put("find", () -> store.find(List.of(id)));
    questions.put("cancel", () -> store.cancel(List.of(id)));
    questions.put("lease", () -> node.lease(1));
    questions.put("settle", () -> store.settle(List.of(Moves.settle(lease, Moves.DONE))));
    questions.put("beat", () -> store.beat(node.session));
    questions.put("held", () -> store.held(node.session));
    questions.put("cancelRequested", () -> store.cancelRequested(node.session));
    questions.put("backlog", () -> store.backlog(Actor.QUEUE, 10));
    questions.put("orphans", () -> store.orphans(Duration.ofDays(1), 10));
    questions.put("purge", () -> store.purge(10));
    questions.put("queues", store::queues);
    questions.put("nodes", store::nodes);
    questions.put("list", () -> store.list(JobFilter.of(Actor.QUEUE), null, 10));
    questions.put("retry", () -> store.retry(JobFilter.of(Actor.QUEUE), 10));
    questions.put("join", () -> Actor.named("late", store));
    return questions;
  }

  /** Asks all of them at once; how long it took each to be refused. */
  private static Map<String, Duration> refusals(Map<String, Callable<?>> questions) {
    Map<String, Future<Duration>> asked = new LinkedHashMap<>();
    try (ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
      questions.forEach((name, question) ->
          asked.put(
              name,
              asking.submit(() -> {
                long start = System.nanoTime();
                assertThatThrownBy(question::call).as(name).isInstanceOf(StoreUnavailable.class);
                return Duration.ofNanos(System.nanoTime() - start);
              })));
    }
    Map<String, Duration> took = new LinkedHashMap<>();
    asked.forEach((name, answer) ->
        assertThat(answer)
            .as(name)
            .succeedsWithin(Duration.ZERO)
            .satisfies(time -> took.put(name, time)));
    return took;
  }

  @Test
  default void whileTheServerIsAwayEveryQuestionIsAnsweredSo() {
    Actor node = Actor.on(open());
    Lease lease = node.pushAndLease();
    UUID waiting = node.push();
    Told told = Told.by(node.store);
    Actor other = Actor.named("node-2", open());
    told.hears(other.store, "before");
    assertThat(told.away).isFalse();

    harness().stop();
    await().atMost(BACK).untilTrue(told.away);
    refusals(questions(node, lease))
        .forEach((name, took) -> {
          Duration limit = name.startsWith("push") ? harness().pushTimeout().plus(SLACK) : ANSWER;
          assertThat(took).as(name).isLessThan(limit);
        });
    assertThatThrownBy(this::open).isInstanceOf(JobyardException.class);
    harness().start();

    // The same object, the same session, the same lease.
    assertThat(answers(() -> node.store.beat(node.session))).isTrue();
    assertThat(answers(() -> node.store.settle(List.of(Moves.settle(lease, Moves.DONE)))))
        .as("stale leases")
        .isEmpty();
    assertThat(node.knows(lease.key().id())).isFalse();
    assertThat(Actor.ids(answers(() -> node.lease(100)))).contains(waiting);
    told.hears(other.store, "after");
  }

  @Test
  default void pushesFailInTimeWhileTheServerTakesThemAndAnswersNothing() {
    pushFrozen("known");
  }

  @Test
  default void pushesToAQueueThatTheyDoNotKnowDoSoToo() {
    pushFrozen("unknown");
  }

  /** More at once than a store has connections, none of which may wait for another to give up. */
  private void pushFrozen(String queue) {
    Duration timeout = Duration.ofSeconds(4);
    JobStore store = harness().open(new StoreOptions(Path.of(""), true, timeout, null, Map.of()));
    store.push(List.of(Draft.job().queue("known").done()));
    Map<String, Callable<?>> pushes = new LinkedHashMap<>();
    for (int i = 0; i < 10; i++) {
      pushes.put("push " + i, () -> store.push(List.of(Draft.job().queue(queue).done())));
    }
    harness().freeze();
    try {
      refusals(pushes)
          .forEach((name, took) -> assertThat(took).as(name).isLessThan(timeout.plusSeconds(2)));
    } finally {
      harness().thaw();
    }
  }

  @Test
  default void closingWhileTheServerIsAwayTakesNoLongerThanAsking() {
    JobStore store = open();
    Told unused = Told.by(store);
    store.push(List.of(Draft.job().done()));
    harness().stop();
    long start = System.nanoTime();
    store.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(ANSWER);
    harness().start();
    assertThat(Actor.on(open()).lease(1)).hasSize(1);
  }

  @Test
  default void whatWasAcknowledgedOutlivesAKill() throws InterruptedException {
    JobStore store = open();
    Queue<UUID> acknowledged = new ConcurrentLinkedQueue<>();
    AtomicBoolean over = new AtomicBoolean();
    List<Thread> pushers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      pushers.add(
          Thread.ofPlatform()
              .start(() -> {
                while (!over.get()) {
                  answer(() -> store.push(List.of(Draft.job().done(), Draft.job().done())))
                      .ifPresent(acknowledged::addAll);
                }
              }));
    }
    await().atMost(BACK).until(() -> acknowledged.size() >= 200);
    harness().kill();
    over.set(true);
    for (Thread pusher : pushers) {
      pusher.join();
    }
    harness().start();
    Set<UUID> missing = ConcurrentHashMap.newKeySet();
    missing.addAll(acknowledged);
    List<JobView> found = answers(() -> store.find(acknowledged));
    found.forEach(view -> missing.remove(view.id()));
    assertThat(missing).as("acknowledged and lost").isEmpty();
  }

  @Test
  default void aLeaseThatTheServerForgotIsNotTakenForTheNext() {
    Actor node = Actor.on(open());
    List<UUID> ids = node.push(200);
    List<Lease> before = node.lease(200);
    assertThat(before).hasSize(200);
    harness().kill();
    harness().start();

    // Leases may be written with relaxed durability: those that are forgotten are given again.
    Actor other = Actor.named("node-2", harness().open());
    List<LeaseKey> again = other.lease(200).stream().map(Lease::key).toList();
    Set<UUID> twice = again.stream().map(LeaseKey::id).collect(Collectors.toSet());
    List<Settlement> all = before.stream().map(lease -> Moves.settle(lease, Moves.DONE)).toList();
    Set<LeaseKey> stale = answers(() -> node.store.settle(all));
    assertThat(stale.stream().map(LeaseKey::id).toList()).containsAll(twice);
    assertThat(other.store.find(twice)).hasSameSizeAs(twice);

    // Nobody's run counts twice, and no job is gone without one.
    other.settle(
        other.store.held(other.session).stream()
            .map(standing -> Moves.settle(standing, Moves.DONE))
            .toArray(Settlement[]::new));
    assertThat(stale).hasSameSizeAs(twice);
    assertThat(other.store.find(ids)).isEmpty();
    assertThat(other.status().succeeded()).isEqualTo(200);
  }

  @Test
  default void connectionsThatWereCutAreNotNoticed() {
    Actor node = Actor.on(open());
    Told told = Told.by(node.store);
    Lease lease = node.pushAndLease();
    Actor other = Actor.named("node-2", open());
    told.hears(other.store, "before");

    harness().cut();
    NewJob job = Draft.job().done();
    assertThat(node.store.push(List.of(job))).containsExactly(job.id());
    harness().cut();
    assertThat(node.store.find(List.of(job.id()))).hasSize(1);
    harness().cut();
    assertThat(node.store.beat(node.session)).isTrue();
    harness().cut();
    assertThat(node.status().running()).isEqualTo(1);
    harness().cut();
    assertThat(node.store.list(JobFilter.of(Actor.QUEUE), null, 10).jobs()).hasSize(2);
    harness().cut();
    assertThat(node.store.nodes()).hasSize(2);

    told.hears(other.store, "after");
    // What is not safe to repeat unasked may fail once, and then be asked again.
    assertThat(answers(() -> node.store.settle(List.of(Moves.settle(lease, Moves.DONE)))))
        .hasSizeLessThanOrEqualTo(1);
    assertThat(node.knows(lease.key().id())).isFalse();
    assertThat(Actor.ids(answers(() -> node.lease(10)))).containsExactly(job.id());
  }

  @Test
  default void aPushWhoseAnswerWasCutIsStoredOnce() throws InterruptedException {
    JobStore store = open();
    Collection<UUID> pushed = new ConcurrentLinkedQueue<>();
    AtomicBoolean over = new AtomicBoolean();
    Thread pusher =
        Thread.ofPlatform()
            .start(() -> {
              while (!over.get()) {
                NewJob job = Draft.job().done();
                // A caller repeats what it does not know the answer of, under the same id.
                answers(() -> store.push(List.of(job)));
                pushed.add(job.id());
              }
            });
    for (int cuts = 0; cuts < 5; cuts++) {
      int before = pushed.size();
      await().atMost(BACK).until(() -> pushed.size() > before + 5);
      harness().cut();
    }
    over.set(true);
    pusher.join();
    Actor reader = answers(() -> Actor.on(store));
    assertThat(answers(() -> store.find(pushed))).hasSameSizeAs(pushed);
    assertThat(answers(reader::status).ready()).isEqualTo(pushed.size());
  }
}
