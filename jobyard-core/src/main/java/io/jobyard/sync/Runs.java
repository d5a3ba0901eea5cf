package io.jobyard.sync;

import io.jobyard.codec.KindIndex;
import io.jobyard.codec.KindScan;
import io.jobyard.config.Config;
import io.jobyard.config.QueueConfig;
import io.jobyard.run.Assignment;
import io.jobyard.run.ChildPushes;
import io.jobyard.run.Equipment;
import io.jobyard.run.Finished;
import io.jobyard.run.JobRunner;
import io.jobyard.run.Lifecycle;
import io.jobyard.run.Outcome;
import io.jobyard.run.Policy;
import io.jobyard.run.RunBoard;
import io.jobyard.run.StoreUplink;
import io.jobyard.run.Uplink;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.ProducerStore;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.Return;
import io.jobyard.table.Tables;
import io.jobyard.talk.Ears;
import io.jobyard.talk.Seat;
import io.jobyard.talk.Talk;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs what is pushed on the pushing thread, through the same {@link JobRunner} and {@link
 * Lifecycle} as a node.
 *
 * <p>Nothing waits: a delay is ignored, and a retry follows at once. A job that releases itself is
 * the exception, for it may do so for ever: it stays in the store, and runs with the next push to
 * its queue after its time, as do jobs that an operator retried or that a paused queue kept.
 *
 * <p>Storing and leasing are one step under a lock, so that every thread gets exactly the jobs it
 * stored, and those that lie about; jobs run outside the lock.
 */
final class Runs implements AutoCloseable {
  private static final int MOST_A_LEASE = 1_000;

  private final JobStore store;
  private final Talk talk;
  private final Ears ears;
  private final Uplink uplink;
  private final ChildPushes children;
  private final InstantSource clock = InstantSource.system();
  private final Map<String, Bench> benches = new HashMap<>();
  private final Map<UUID, Running> running = new ConcurrentHashMap<>();
  private final Map<Integer, Finished> ended = new ConcurrentHashMap<>();
  private final AtomicInteger tickets = new AtomicInteger();
  private final Object lock = new Object();
  private Config config;
  private @Nullable KindIndex kinds;

  /** What runs a queue's jobs. */
  private record Bench(
      QueueConfig queue, Equipment equipment, Session session, RunBoard board, JobRunner runner) {}

  private record Running(JobRunner runner, int ticket) {}

  /**
   * @param store where the jobs are
   * @param front where jobs push their children
   */
  Runs(JobStore store, ProducerStore front, Config config) {
    this.store = store;
    this.talk = new Talk("sync:", store);
    this.ears = new Ears(talk);
    this.uplink = new StoreUplink(front, Tables.none(), talk, new Tickets());
    talk.announce();
    this.children = new ChildPushes(uplink, config.shippingKey());
    this.config = config;
  }

  void configure(Config own) {
    synchronized (lock) {
      config = own;
    }
  }

  /** Stores jobs and runs them. */
  List<UUID> after(List<NewJob> jobs, Function<List<NewJob>, List<UUID>> storing) {
    Limits.check(jobs);
    List<NewJob> now = jobs.stream().map(job -> job.withDue(NewJob.Due.NOW)).toList();
    List<UUID> ids;
    Deque<Lease> work = new ArrayDeque<>();
    synchronized (lock) {
      List<Bench> serving = jobs.stream().map(NewJob::queue).distinct().map(this::bench).toList();
      ids = storing.apply(now);
      serving.forEach(bench -> work.addAll(lease(bench)));
    }
    while (!work.isEmpty()) {
      run(work.remove()).reversed().forEach(work::addFirst);
    }
    return ids;
  }

  /** Stops a running job. */
  void cancel(UUID id) {
    Running run = running.get(id);
    if (run != null) {
      run.runner.cancel(run.ticket);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      benches.values().forEach(bench -> bench.runner.close());
    }
    children.close();
    talk.close();
    ears.close();
  }

  /** Runs a job; what may run now because of that, its own retry above all. */
  private List<Lease> run(Lease leased) {
    Bench bench;
    synchronized (lock) {
      bench = bench(leased.standing().queue());
    }
    Lease lease = leased.withClassSettings(bench.equipment.settings(leased.kind()));
    while (true) {
      Finished run = perform(bench, lease);
      Settlement settlement =
          Lifecycle.settle(lease.standing(), run.outcome(), bench.queue.policy())
              .withLog(run.log());
      boolean again =
          settlement.move() instanceof Return && !(run.outcome() instanceof Outcome.Released);
      boolean accepted;
      List<Lease> next;
      synchronized (lock) {
        accepted = store.settle(List.of(again ? atOnce(settlement) : settlement)).isEmpty();
        next = again ? lease(bench) : List.of();
      }
      if (!accepted || !(settlement.move() instanceof Settlement.Stay)) {
        return next;
      }
      lease = lease.failing(settlement.counts(), settlement.errors());
    }
  }

  private Finished perform(Bench bench, Lease lease) {
    int ticket = tickets.incrementAndGet();
    UUID id = lease.key().id();
    running.put(id, new Running(bench.runner, ticket));
    try {
      Policy policy = bench.queue.policy();
      var run =
          new Assignment(
              ticket,
              lease,
              Lifecycle.timeout(lease.standing().settings(), policy),
              Lifecycle.lastAttempt(lease.standing(), policy));
      bench.board.hand(run, System.nanoTime());
      bench.runner.runHere(run);
      return Objects.requireNonNull(ended.remove(ticket));
    } finally {
      running.remove(id);
    }
  }

  private List<Lease> lease(Bench bench) {
    return store
        .lease(
            new LeaseRequest(
                bench.session, bench.queue.name(), MOST_A_LEASE, Long.MAX_VALUE, Set.of()))
        .leases();
  }

  private static Settlement atOnce(Settlement plan) {
    return new Settlement(
        plan.key(),
        plan.queue(),
        new Return(Duration.ZERO),
        plan.counts(),
        plan.phase(),
        plan.errors(),
        plan.log(),
        plan.pushes());
  }

  private Bench bench(String queue) {
    return benches.computeIfAbsent(queue, this::equip);
  }

  private Bench equip(String name) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    ClassLoader loader = context != null ? context : Runs.class.getClassLoader();
    KindIndex index = kinds == null ? KindScan.of(loader) : kinds;
    kinds = index;
    QueueConfig queue = config.queue(name);
    Equipment equipment = Equipment.of(config, queue, index, loader);
    var unused =
        ears.inbox(
            Seat.here(config.node(), Seat.EVERY_SLOT, List.of(name)),
            equipment.services().listeners());
    RunBoard board = RunBoard.local();
    JobRunner runner =
        new JobRunner(
            new JobRunner.Setup(
                config.node(),
                name,
                1,
                queue.killGrace(),
                equipment.kinds(),
                equipment.services(),
                equipment.onFailure(),
                uplink,
                children,
                board,
                run -> ended.put(run.ticket(), run),
                clock));
    NodeInfo node = new NodeInfo(config.node(), ProcessHandle.current().pid(), Set.of(name));
    return new Bench(queue, equipment, store.join(node), board, runner);
  }

  /** A session here lives as long as the thread that runs its jobs. */
  private static final class Tickets implements StoreUplink.Runs {
    @Override
    public void waiting(int ticket, boolean waits) {}

    @Override
    public boolean hold(int ticket) {
      return true;
    }
  }
}
