package io.jobyard.store.contract;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.store.Counts;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.Order;
import io.jobyard.store.Phase;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Settlement;
import io.jobyard.store.Slots;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Does the same random things to a store and to the {@link Model}, and compares after each. Where
 * time cannot be set, delays are either none or never over.
 */
final class RandomWalk {
  private static final int ANY = 10_000;

  private final StoreHarness harness;
  private final Random random;
  private final Model model = new Model();
  private final List<Actor> nodes = new ArrayList<>();
  private final List<Standing> graveyard = new ArrayList<>();
  private final List<UUID> everPushed = new ArrayList<>();

  RandomWalk(StoreHarness harness, long seed) {
    this.harness = harness;
    this.random = new Random(seed);
    nodes.add(Actor.named("node-a", harness.open()));
    nodes.add(Actor.named("node-b", harness.open()));
  }

  void steps(int count) {
    for (int step = 1; step <= count; step++) {
      step();
      compareCounts();
      if (step % 20 == 0) {
        compareJobs();
      }
    }
  }

  private void step() {
    switch (random.nextInt(17)) {
      case 0, 1, 2 -> push();
      case 3, 4, 5 -> lease();
      case 6, 7, 8, 9 -> settle();
      case 10 -> cancel();
      case 11 -> retry();
      case 12 -> forget();
      case 13 -> pause();
      case 14 -> pass();
      case 15 -> adopt();
      default -> loseANode();
    }
  }

  private void push() {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      jobs.add(newJob(random.nextInt(4) == 0));
    }
    assertThat(node().store.push(jobs)).isEqualTo(jobs.stream().map(model::push).toList());
    jobs.forEach(job -> everPushed.add(job.id()));
  }

  private NewJob newJob(boolean external) {
    Draft draft =
        Draft.job()
            .kind(random.nextBoolean() ? "a" : "b")
            .priority(random.nextInt(3) - 1)
            .slot(random.nextInt(3) == 0 ? random.nextInt(5) : null)
            .in(delay());
    if (external) {
      draft.externalId("ext-" + random.nextInt(30));
    }
    return draft.done();
  }

  private void lease() {
    Actor node = node();
    int count = 1 + random.nextInt(6);
    Set<String> kinds = random.nextInt(3) == 0 ? Set.of("b") : Set.of();
    LeaseRequest request =
        new LeaseRequest(
            node.session,
            Actor.QUEUE,
            count,
            Long.MAX_VALUE,
            kinds,
            random.nextInt(3) == 0 ? Order.LIFO : Order.FIFO,
            random.nextBoolean() ? 0 : 1 + random.nextInt(8),
            random.nextBoolean() ? null : slots());
    List<ModelJob> expected = model.next(request);
    List<Lease> leases = node.store.lease(request).leases();
    assertThat(Actor.ids(leases)).isEqualTo(expected.stream().map(job -> job.pushed.id()).toList());
    for (int i = 0; i < leases.size(); i++) {
      expected.get(i).leased(leases.get(i));
      assertThat(leases.get(i).key().fence()).isEqualTo(expected.get(i).fence);
      assertThat(leases.get(i).standing().counts()).isEqualTo(expected.get(i).counts);
      assertThat(leases.get(i).standing().phase()).isEqualTo(expected.get(i).phase);
    }
  }

  private Slots slots() {
    int processes = 1 + random.nextInt(4);
    return new Slots(
        processes,
        IntStream.range(0, processes)
            .filter(slot -> random.nextBoolean())
            .boxed()
            .collect(toSet()));
  }

  /** A waiting job is forgotten here and comes back as from another store. */
  private void adopt() {
    List<ModelJob> waiting =
        model.where(job -> job.state == JobState.READY || job.state == JobState.SCHEDULED);
    if (waiting.isEmpty()) {
      return;
    }
    ModelJob job = waiting.get(random.nextInt(waiting.size()));
    UUID id = job.pushed.id();
    Actor node = node();
    JobView view = node.view(id);
    assertThat(node.store.adopt(List.of(view))).as("one that is here").isZero();
    assertThat(node.store.forget(JobFilter.ids(Set.of(id)), 1)).isEqualTo(1);
    assertThat(model.forget(Set.of(id))).isEqualTo(1);
    assertThat(node.store.adopt(List.of(view))).isEqualTo(1);
    model.adopt(job);
  }

  private void settle() {
    List<Settlement> batch = new ArrayList<>();
    for (Lease lease : model.leases()) {
      if (random.nextInt(3) > 0) {
        batch.add(settlement(lease.standing()));
      }
    }
    if (!graveyard.isEmpty()) {
      batch.add(
          random.nextInt(batch.size() + 1),
          settlement(graveyard.get(random.nextInt(graveyard.size()))));
    }
    settle(batch, true);
  }

  /**
   * @param living whether the leases' session lives: else none of them may stay
   */
  private void settle(List<Settlement> batch, boolean living) {
    Set<LeaseKey> expectedStale = new HashSet<>();
    for (Settlement settlement : batch) {
      ModelJob job = model.jobs.get(settlement.key().id());
      boolean orphanStays = !living && settlement.move() instanceof Settlement.Stay;
      if (job == null
          || job.lease == null
          || !job.lease.key().equals(settlement.key())
          || orphanStays) {
        expectedStale.add(settlement.key());
        continue;
      }
      Lease lease = job.lease;
      job.settle(settlement, model.now());
      model.removeIfNotKept(job);
      settlement.pushes().forEach(model::push);
      if (job.lease == null) {
        graveyard.add(lease.standing());
      }
    }
    assertThat(node().store.settle(batch)).isEqualTo(expectedStale);
  }

  private Settlement settlement(Standing job) {
    Settlement.Move move =
        switch (random.nextInt(6)) {
          case 0 -> Moves.BACK;
          case 1 -> Moves.later(delay());
          case 2 -> new Settlement.End(random.nextBoolean() ? JobState.FAILED : JobState.CANCELLED);
          case 3 -> Moves.STAY;
          case 4 -> Moves.kept(new byte[] {'1'}, delay());
          default -> Moves.DONE;
        };
    Settlement settlement =
        Moves.settle(
            job,
            move,
            new Counts(random.nextInt(9), random.nextInt(9), random.nextInt(9), 0),
            random.nextBoolean() ? Phase.RUN : Phase.FAILING,
            random.nextBoolean() ? List.of() : List.of(Moves.error("e" + random.nextInt(100))));
    if (random.nextInt(5) > 0) {
      return settlement;
    }
    NewJob child = newJob(false);
    everPushed.add(child.id());
    return Moves.with(settlement, child);
  }

  private void cancel() {
    if (!everPushed.isEmpty()) {
      UUID id = everPushed.get(random.nextInt(everPushed.size()));
      assertThat(node().store.cancel(List.of(id)))
          .containsEntry(id, model.cancel(model.jobs.get(id)))
          .hasSize(1);
    }
  }

  private void retry() {
    JobState state = random.nextBoolean() ? JobState.FAILED : JobState.CANCELLED;
    assertThat(node().store.retry(JobFilter.of(Actor.QUEUE, state), ANY))
        .isEqualTo(model.retry(state));
  }

  private void forget() {
    Set<UUID> some = everPushed.stream().filter(id -> random.nextInt(10) == 0).collect(toSet());
    if (!some.isEmpty()) {
      assertThat(node().store.forget(JobFilter.ids(some), ANY)).isEqualTo(model.forget(some));
    }
  }

  private void pause() {
    model.paused = !model.paused && random.nextInt(3) == 0;
    node().store.pause(Actor.QUEUE, model.paused);
  }

  private void pass() {
    if (harness.exact()) {
      harness.pass(harness.unit());
      model.pass(harness.unit());
    }
    assertThat(node().store.purge(ANY)).isEqualTo(model.purge());
  }

  /** A node goes away; another one settles what it held, as lost, and it comes back anew. */
  private void loseANode() {
    int which = random.nextInt(nodes.size());
    Actor lost = nodes.get(which);
    Set<LeaseKey> held = lost.store.held(lost.session).stream().map(Standing::key).collect(toSet());
    lost.store.leave(lost.session);
    nodes.set(which, Actor.named("node-" + which, lost.store));
    // So long that nobody else counts as silent.
    List<Standing> orphans = node().store.orphans(Duration.ofDays(1), ANY);
    assertThat(orphans.stream().map(Standing::key).collect(toSet())).isEqualTo(held);
    settle(orphans.stream().map(this::settlement).toList(), false);
    // Those that were to stay are still nobody's.
    settle(
        node().store.orphans(Duration.ofDays(1), ANY).stream()
            .map(orphan -> Moves.settle(orphan, Moves.BACK))
            .toList(),
        false);
  }

  private Duration delay() {
    if (random.nextBoolean()) {
      return Duration.ZERO;
    }
    return harness.exact()
        ? harness.unit().multipliedBy(1 + random.nextInt(4))
        : harness.unit().multipliedBy(100_000);
  }

  private Actor node() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  private void compareCounts() {
    QueueStatus status = nodes.getFirst().status();
    assertThat(
            List.of(
                status.ready(),
                status.scheduled(),
                status.running(),
                status.succeeded(),
                status.failed(),
                status.cancelled(),
                status.forgotten()))
        .isEqualTo(model.counts());
    assertThat(Actor.sum(status)).isEqualTo(model.pushed());
    assertThat(status.paused()).isEqualTo(model.paused);
  }

  private void compareJobs() {
    List<JobView> listed = node().store.list(JobFilter.of(Actor.QUEUE), null, ANY).jobs();
    assertThat(listed.stream().map(JobView::id).toList())
        .isEqualTo(List.copyOf(model.jobs.keySet()).reversed());
    for (JobView view : listed) {
      requireNonNull(model.jobs.get(view.id())).assertShownAs(view);
    }
  }
}
