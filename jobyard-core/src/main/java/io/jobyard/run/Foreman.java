package io.jobyard.run;

import io.jobyard.config.Config;
import io.jobyard.config.Pool;
import io.jobyard.config.QueueConfig;
import io.jobyard.run.Dispatcher.Duty;
import io.jobyard.stats.Bookkeeper;
import io.jobyard.stats.Tally;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.ProducerStore;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.StoreListener;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The half of a node that faces the store: one {@link Dispatcher} a queue or pool, the {@link
 * Settler}, the {@link Heart} and the {@link Janitor}. A manager stands before it with worker
 * processes, {@link LocalCrew} with threads of the application.
 *
 * <p>Start once, then {@link #drain} and {@link #close}; closing twice, or without a start, is
 * harmless. The store is the caller's to close.
 */
public final class Foreman implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Foreman.class);

  private final JobStore store;
  private final Duration lease;
  private final Settler settler;
  private final Heart heart;
  private final Bookkeeper books;
  private final List<Dispatcher> all = new ArrayList<>();
  private final Map<String, Dispatcher> dispatchers = new HashMap<>();
  private final Rounds rounds;
  private final LongConsumer renewed;
  private volatile @Nullable Session session;
  private volatile long leasesUntil;
  private ProducerStore.@Nullable Subscription wakes;
  private final LostAndFound strays;
  private final Failures failures;
  private final Function<String, JobSettings> kindSettings;
  private final Config config;
  private final Map<String, Runnable> readyListeners = new ConcurrentHashMap<>();
  private final Set<Claim> claims = ConcurrentHashMap.newKeySet();

  /**
   * @param pools those to serve
   * @param processes whether worker processes run the jobs, which may take them themselves
   * @param kindSettings what a kind's class decides, where its producer did not know the class
   * @param renewed told, as {@link System#nanoTime}, until when all leases hold
   */
  public Foreman(
      JobStore store,
      Config config,
      Collection<Pool> pools,
      boolean processes,
      Function<String, JobSettings> kindSettings,
      InstantSource clock,
      LongConsumer renewed) {
    this.store = store;
    this.config = config;
    this.kindSettings = kindSettings;
    this.lease = config.lease();
    this.renewed = renewed;
    this.settler = new Settler(store);
    this.strays = new LostAndFound(store, settler, this::held);
    this.failures = new Failures(config.node(), 0, clock);
    NodeInfo node = new NodeInfo(config.node(), ProcessHandle.current().pid(), names(pools));
    this.heart = new Heart(store, node, lease, new Pulse());
    this.books = new Bookkeeper(store, clock, config.node(), config.statsTtl());
    Janitor janitor =
        new Janitor(
            store,
            this::settleLost,
            name -> config.queue(name).policy(),
            lease,
            clock,
            config.node());
    for (Pool pool : pools) {
      Dispatcher dispatcher =
          new Dispatcher(
              new Dispatcher.Setup(
                  config.node(),
                  pool,
                  processes && pool.grabs() ? Duty.SUSPECTS : Duty.ALL,
                  store,
                  settler,
                  kindSettings,
                  clock,
                  books.tally()));
      all.add(dispatcher);
      pool.queues().forEach(queue -> dispatchers.put(queue.name(), dispatcher));
    }
    this.rounds =
        new Rounds("jobyard-rounds", janitor, lease, this::makeRound, this::giveBackStrays);
  }

  private static Set<String> names(Collection<Pool> pools) {
    return pools.stream()
        .flatMap(pool -> pool.queues().stream())
        .map(QueueConfig::name)
        .collect(Collectors.toSet());
  }

  public void start() {
    settler.start();
    all.forEach(Dispatcher::start);
    wakes = store.listen(new Bell());
    heart.start();
    rounds.start();
  }

  /** The dispatcher of a queue it serves; its workers report to it. */
  public Dispatcher dispatcher(String queue) {
    Dispatcher dispatcher = dispatchers.get(queue);
    if (dispatcher == null) {
      throw new IllegalArgumentException("queue " + queue + " is not served here");
    }
    return dispatcher;
  }

  /**
   * Lets a worker process take jobs itself. Not counted among those that serve the queue: the node
   * is.
   */
  public Claim claim(Pool pool, long pid, Claim.Holder holder) {
    NodeInfo worker = new NodeInfo(config.node(), pid, Set.of());
    Claim claim =
        new Claim(
            new Claim.Setup(
                store,
                settler,
                dispatcher(pool.queues().getFirst().name()),
                failures,
                listener -> new Heart(store, worker, lease, listener),
                pool,
                kindSettings),
            holder);
    claims.add(claim);
    return claim;
  }

  /** Until when all leases hold, as {@link System#nanoTime}. */
  public long leasesUntil() {
    return leasesUntil;
  }

  /**
   * Takes no more jobs, gives back those not started, and waits for those that run.
   *
   * @return false if some still run after that time
   */
  public boolean drain(Duration timeout) throws InterruptedException {
    all.forEach(Dispatcher::drain);
    long end = System.nanoTime() + timeout.toNanos();
    boolean idle = true;
    for (Dispatcher dispatcher : all) {
      idle &= dispatcher.awaitIdle(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
    return idle;
  }

  /** What running jobs ask of the store. */
  public List<UUID> push(LeaseKey parent, List<NewJob> jobs) {
    return store.push(jobs, parent);
  }

  /** See {@link io.jobyard.store.DispatcherStore#backlog}. */
  public int backlog(String queue, int atMost) {
    return store.backlog(queue, atMost);
  }

  /** From now on also tells this, on a thread of the store, when jobs may be waiting. */
  public void onReady(String queue, Runnable told) {
    readyListeners.put(queue, told);
  }

  /** See {@link ProducerStore#find}. */
  public List<JobView> find(Collection<UUID> ids) {
    return store.find(ids);
  }

  /** Settles what came of the last runs, takes leave of the store and stops. */
  @Override
  public void close() {
    if (!rounds.stop()) {
      return;
    }
    ProducerStore.Subscription listening = wakes;
    if (listening == null) {
      return;
    }
    listening.close();
    all.forEach(Dispatcher::close);
    try {
      if (!settler.flush(lease.dividedBy(2))) {
        LOG.warn("the store did not take the last outcomes in time; those jobs will run again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    settler.close();
    claims.forEach(Claim::close);
    books.closeAfter(rounds.thread(), lease.dividedBy(4));
    heart.close();
  }

  /** Says how many were stale. */
  private int settleLost(List<Settlement> settlements) {
    Set<LeaseKey> stale = store.settle(settlements);
    for (Settlement settlement : settlements) {
      if (!stale.contains(settlement.key())) {
        Tally.Desk desk = books.tally().desk(settlement.queue());
        settlement.errors().forEach(error -> Score.failed(desk, "", error, settlement));
      }
    }
    return stale.size();
  }

  private void makeRound() {
    passOnCancels();
    books.round();
  }

  /** An idle node need not ask twice a second whether it is to stop something. */
  private void passOnCancels() {
    claims.removeIf(Claim::over);
    claims.forEach(Claim::passOnCancels);
    Session current = session;
    if (current != null && dispatchers.values().stream().anyMatch(Dispatcher::holds)) {
      Set<LeaseKey> keys = store.cancelRequested(current);
      if (!keys.isEmpty()) {
        all.forEach(dispatcher -> dispatcher.cancel(keys));
      }
    }
  }

  private void giveBackStrays() {
    Session current = session;
    if (current != null) {
      var unused = strays.look(current);
    }
  }

  private Set<LeaseKey> held() {
    Set<LeaseKey> held = new HashSet<>();
    all.forEach(dispatcher -> held.addAll(dispatcher.held()));
    return held;
  }

  private final class Pulse implements Heart.Listener {
    @Override
    public void joined(Session current) {
      session = current;
      all.forEach(dispatcher -> dispatcher.serve(current));
    }

    @Override
    public void renewed(long until) {
      leasesUntil = until;
      renewed.accept(until);
    }

    @Override
    public void lost() {
      session = null;
      all.forEach(Dispatcher::abandon);
    }
  }

  private final class Bell implements StoreListener {
    @Override
    public void ready(String queue) {
      Dispatcher dispatcher = dispatchers.get(queue);
      if (dispatcher != null) {
        dispatcher.wake(queue);
      }
      Runnable listener = readyListeners.get(queue);
      if (listener != null) {
        listener.run();
      }
    }

    @Override
    public void cancelRequested() {
      rounds.ring();
    }

    @Override
    public void finished() {
      all.forEach(Dispatcher::freed);
    }

    @Override
    public void away() {
      all.forEach(Dispatcher::storeAway);
    }
  }
}
