package io.jobyard.run;

import io.jobyard.StoreUnavailable;
import io.jobyard.config.Pool;
import io.jobyard.stats.Bookkeeper;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Phase;
import io.jobyard.store.ProducerStore;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.StoreListener;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The half of a worker process that faces the store, where the process takes its jobs itself: a
 * dispatcher with this very process as its only worker, and a settler. The session is its manager's
 * (see {@link Claim}), which tells it when to begin and when its leases are gone.
 *
 * <p>{@link #open} once, then {@link #serve}; {@link #drain}, {@link #awaitIdle} and {@link #close}
 * end it. Safe for use by many threads.
 */
public final class Grabber implements Reports, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Grabber.class);
  private static final Duration LAST_SETTLEMENTS = Duration.ofSeconds(1);

  private final Setup setup;
  private final Settler settler;
  private final Bookkeeper books;
  private final Thread rounds;
  private final Dispatcher dispatcher;
  private final LostAndFound strays;
  private final Set<LeaseKey> givenAway = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private ProducerStore.@Nullable Subscription wakes;
  private @Nullable JobRunner runner;
  private volatile @Nullable Self self;
  private volatile @Nullable Session session;

  /**
   * What it needs.
   *
   * @param board shared with the manager
   * @param lease how often to look for leases in nobody's care
   * @param statsTtl how long numbers for charts are kept
   */
  public record Setup(
      String node,
      Pool pool,
      JobStore store,
      RunBoard board,
      Duration lease,
      Duration statsTtl,
      Function<String, JobSettings> kindSettings,
      Superior superior,
      InstantSource clock) {}

  /** Who does what a process cannot do to itself. */
  public interface Superior {
    /** Takes over a leased job that must run alone. */
    void takeOver(Lease suspect);

    /** Told once there is nothing to do, and no more jobs will be taken. */
    void nothingLeft();

    /** Ends this process with everything that runs in it. */
    void kill(String why);

    /** Called before runs begin; does not return where the leases may have run out. */
    void beforeRuns();
  }

  public Grabber(Setup setup) {
    this.setup = setup;
    this.settler = new Settler(setup.store);
    this.books = new Bookkeeper(setup.store, setup.clock, setup.node, setup.statsTtl);
    this.rounds = Thread.ofPlatform().daemon().name("jobyard-rounds").unstarted(this::makeRounds);
    this.dispatcher =
        new Dispatcher(
            new Dispatcher.Setup(
                setup.node,
                setup.pool,
                Dispatcher.Duty.ALL,
                setup.store,
                settler,
                setup.kindSettings,
                setup.clock,
                books.tally()));
    this.strays = new LostAndFound(setup.store, settler, this::cared);
    dispatcher.sendSuspectsTo(this::giveAway);
  }

  /** Gets ready; nothing is leased before there is a session. */
  public void open(JobRunner jobs) {
    runner = jobs;
    settleNobodys();
    settler.start();
    dispatcher.start();
    wakes = setup.store.listen(new Bell());
    rounds.start();
  }

  /**
   * Settles a lease that nobody holds, which changes nothing. The first settlement of a JVM takes
   * it long, in which outcomes that nobody else knows must not wait.
   */
  private void settleNobodys() {
    Settlement nobodys =
        new Settlement(
            new LeaseKey(new UUID(0, 0), 0, 0, 0),
            setup.pool.queues().getFirst().name(),
            new Settlement.Succeed(null, Duration.ZERO),
            Counts.ZERO,
            Phase.RUN,
            List.of(),
            List.of(),
            List.of());
    try {
      Set<LeaseKey> unused = setup.store.settle(List.of(nobodys));
    } catch (StoreUnavailable e) {
      LOG.debug("the store is away at the start: {}", e.getMessage());
    }
  }

  /**
   * Leases jobs for this session from now on.
   *
   * @param slot this worker's number in its queue
   * @param quota how many it may begin in all
   */
  public void serve(Session current, int slot, int quota) {
    session = current;
    if (self == null) {
      Self fresh = new Self(slot, quota);
      self = fresh;
      dispatcher.ready(fresh);
    }
    dispatcher.serve(current);
  }

  /** Every lease is gone: whatever runs ends with its process. */
  public void abandon() {
    session = null;
    dispatcher.abandon();
  }

  /** Stops these jobs, whether they run or not. */
  public void cancel(Set<LeaseKey> keys) {
    dispatcher.cancel(keys);
  }

  @Override
  public void finished(Finished run) {
    Self worker = self;
    if (worker != null) {
      dispatcher.done(worker, List.of(run));
    }
  }

  /** A run lends its slot, or takes it back. */
  public void waiting(int ticket, boolean waits) {
    Self worker = self;
    if (worker != null) {
      dispatcher.waiting(worker, ticket, waits);
    }
  }

  /** Whether a run is in its care, and its lease not known to be gone. */
  public boolean has(int ticket) {
    Self worker = self;
    return worker != null && session != null && dispatcher.has(worker, ticket);
  }

  /** Takes no more jobs; after this none is begun. */
  public void drain() {
    dispatcher.drain();
  }

  /** After {@link #drain}: waits until nothing runs any more; false if that took longer. */
  public boolean awaitIdle(Duration timeout) throws InterruptedException {
    return dispatcher.awaitIdle(timeout);
  }

  /** Writes what came of the last runs, and ends. The store is the caller's to close. */
  @Override
  public void close() {
    closing.countDown();
    ProducerStore.Subscription listening = wakes;
    if (listening != null) {
      listening.close();
    }
    dispatcher.close();
    settleLast(setup.lease.dividedBy(2));
    settler.close();
    books.closeAfter(rounds, setup.lease.dividedBy(4));
  }

  private void settleLast(Duration patience) {
    try {
      if (!settler.flush(patience)) {
        LOG.warn("the store did not take the last outcomes in time; those jobs may run again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void giveAway(Lease suspect) {
    givenAway.add(suspect.key());
    setup.superior.takeOver(suspect);
  }

  private Set<LeaseKey> cared() {
    Set<LeaseKey> cared = new HashSet<>(dispatcher.held());
    cared.addAll(givenAway);
    return cared;
  }

  private void makeRounds() {
    Patience patience = new Patience(LOG, "look after the store");
    try {
      while (!closing.await(setup.lease.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          giveBackStrays();
          books.round();
          patience.success();
        } catch (RuntimeException e) {
          patience.failure(e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void giveBackStrays() {
    Session current = session;
    if (current != null) {
      Set<LeaseKey> before = Set.copyOf(givenAway);
      Set<LeaseKey> held = new HashSet<>();
      strays.look(current).forEach(job -> held.add(job.key()));
      givenAway.removeIf(key -> before.contains(key) && !held.contains(key));
    }
  }

  /** This process, as its own dispatcher sees it. */
  private final class Self implements Worker {
    private final int slot;
    private final int quota;

    Self(int slot, int quota) {
      this.slot = slot;
      this.quota = quota;
    }

    @Override
    public String name() {
      return setup.pool.name() + "-" + slot;
    }

    @Override
    public int threads() {
      return setup.pool.threads();
    }

    @Override
    public int slot() {
      return slot;
    }

    @Override
    public int quota() {
      return quota;
    }

    @Override
    public void nothingLeft() {
      setup.superior.nothingLeft();
    }

    @Override
    public RunBoard board() {
      return setup.board;
    }

    @Override
    public void run(List<Assignment> batch) {
      setup.superior.beforeRuns();
      runner().run(batch);
    }

    @Override
    public void cancel(int ticket) {
      runner().cancel(ticket);
    }

    @Override
    public void kill(String why) {
      // Not from within the dispatcher's own call.
      Thread.ofPlatform()
          .daemon()
          .name("jobyard-end")
          .start(() -> {
            dispatcher.drain();
            settleLast(LAST_SETTLEMENTS);
            setup.superior.kill(why);
          });
    }

    @Override
    public void retire() {
      throw new IllegalStateException("a process that takes its own jobs leaves by itself");
    }

    private JobRunner runner() {
      JobRunner current = runner;
      if (current == null) {
        throw new IllegalStateException("a job came before there was a runner");
      }
      return current;
    }
  }

  private final class Bell implements StoreListener {
    @Override
    public void ready(String queue) {
      if (setup.pool.queues().stream().anyMatch(own -> own.name().equals(queue))) {
        dispatcher.wake(queue);
      }
    }

    @Override
    public void finished() {
      dispatcher.freed();
    }

    @Override
    public void away() {
      dispatcher.storeAway();
    }
  }
}
