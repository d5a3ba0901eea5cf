package io.jobyard.run;

import io.jobyard.config.Config;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.ProducerStore;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.Settlement.Return;
import io.jobyard.store.Standing;
import io.jobyard.store.StoreListener;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The half of a node that faces the store: one {@link Dispatcher} a queue, the {@link Settler}, the
 * {@link Heart} and the {@link Janitor}. A manager stands before it with worker processes, {@link
 * LocalCrew} with threads of the application.
 *
 * <p>Start once, then {@link #drain} and {@link #close}; closing twice, or without a start, is
 * harmless. The store is the caller's to close.
 */
public final class Foreman implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Foreman.class);
  private static final long ROUND_MS = 500;

  private final JobStore store;
  private final Duration lease;
  private final Settler settler;
  private final Heart heart;
  private final Janitor janitor;
  private final Map<String, Dispatcher> dispatchers = new LinkedHashMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Semaphore bell = new Semaphore(0);
  private final Thread rounds;
  private final LongConsumer renewed;
  private volatile @Nullable Session session;
  private volatile long leasesUntil;
  private ProducerStore.@Nullable Subscription wakes;
  private Set<LeaseKey> strays = Set.of();

  /**
   * @param queues those to serve
   * @param kindSettings what a kind's class decides, where its producer did not know the class
   * @param renewed told, as {@link System#nanoTime}, until when all leases hold
   */
  public Foreman(
      JobStore store,
      Config config,
      Set<String> queues,
      Function<String, JobSettings> kindSettings,
      InstantSource clock,
      LongConsumer renewed) {
    this.store = store;
    this.lease = config.lease();
    this.renewed = renewed;
    this.settler = new Settler(store);
    NodeInfo node = new NodeInfo(config.node(), ProcessHandle.current().pid(), queues);
    this.heart = new Heart(store, node, lease, new Pulse());
    this.janitor =
        new Janitor(
            store,
            settlements -> store.settle(settlements).size(),
            name -> config.queue(name).policy(),
            lease,
            clock,
            config.node());
    for (String queue : queues) {
      dispatchers.put(
          queue,
          new Dispatcher(
              new Dispatcher.Setup(
                  config.node(), config.queue(queue), store, settler, kindSettings, clock)));
    }
    this.rounds = Thread.ofPlatform().name("jobyard-rounds").daemon().unstarted(this::makeRounds);
  }

  public void start() {
    settler.start();
    dispatchers.values().forEach(Dispatcher::start);
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
    dispatchers.values().forEach(Dispatcher::drain);
    long end = System.nanoTime() + timeout.toNanos();
    boolean idle = true;
    for (Dispatcher dispatcher : dispatchers.values()) {
      idle &= dispatcher.awaitIdle(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
    return idle;
  }

  /** What running jobs ask of the store. */
  public List<UUID> push(LeaseKey parent, List<NewJob> jobs) {
    return store.push(jobs, parent);
  }

  /** See {@link ProducerStore#find}. */
  public List<JobView> find(Collection<UUID> ids) {
    return store.find(ids);
  }

  /** Settles what came of the last runs, takes leave of the store and stops. */
  @Override
  public void close() {
    if (closing.getCount() == 0) {
      return;
    }
    closing.countDown();
    bell.release();
    ProducerStore.Subscription listening = wakes;
    if (listening == null) {
      return;
    }
    listening.close();
    dispatchers.values().forEach(Dispatcher::close);
    try {
      if (!settler.flush(lease.dividedBy(2))) {
        LOG.warn("the store did not take the last outcomes in time; those jobs will run again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    settler.close();
    heart.close();
  }

  private void makeRounds() {
    Patience patience = new Patience(LOG, "look after the store");
    long nextTidy = System.nanoTime();
    long nextCount = nextTidy;
    while (closing.getCount() > 0) {
      try {
        passOnCancels();
        long now = System.nanoTime();
        if (now - nextTidy >= 0) {
          nextTidy = now + janitor.pause().toNanos();
          janitor.tidy();
        }
        if (now - nextCount >= 0) {
          nextCount = now + lease.toNanos();
          giveBackStrays();
        }
        patience.success();
      } catch (RuntimeException e) {
        patience.failure(e);
      }
      awaitBell();
    }
  }

  private void awaitBell() {
    try {
      if (bell.tryAcquire(ROUND_MS, TimeUnit.MILLISECONDS)) {
        bell.drainPermits();
      }
    } catch (InterruptedException e) {
      closing.countDown();
    }
  }

  /** An idle node need not ask twice a second whether it is to stop something. */
  private void passOnCancels() {
    Session current = session;
    if (current != null && dispatchers.values().stream().anyMatch(Dispatcher::holds)) {
      Set<LeaseKey> keys = store.cancelRequested(current);
      if (!keys.isEmpty()) {
        dispatchers.values().forEach(dispatcher -> dispatcher.cancel(keys));
      }
    }
  }

  /** A lease whose answer never came is in nobody's care: seen twice, it is given back. */
  private void giveBackStrays() {
    Session current = session;
    if (current == null) {
      return;
    }
    List<Standing> held = store.held(current);
    Set<LeaseKey> known = new HashSet<>(settler.pending());
    dispatchers.values().forEach(dispatcher -> known.addAll(dispatcher.held()));
    Set<LeaseKey> found = new HashSet<>();
    for (Standing job : held) {
      if (known.contains(job.key())) {
        continue;
      }
      if (strays.contains(job.key())) {
        settler.add(
            new Settlement(
                job.key(),
                job.queue(),
                new Return(Duration.ZERO),
                job.counts(),
                job.phase(),
                List.of(),
                List.of(),
                List.of()),
            null);
      } else {
        found.add(job.key());
      }
    }
    strays = found;
  }

  private final class Pulse implements Heart.Listener {
    @Override
    public void joined(Session current) {
      session = current;
      dispatchers.values().forEach(dispatcher -> dispatcher.serve(current));
    }

    @Override
    public void renewed(long until) {
      leasesUntil = until;
      renewed.accept(until);
    }

    @Override
    public void lost() {
      session = null;
      dispatchers.values().forEach(Dispatcher::abandon);
    }
  }

  private final class Bell implements StoreListener {
    @Override
    public void ready(String queue) {
      Dispatcher dispatcher = dispatchers.get(queue);
      if (dispatcher != null) {
        dispatcher.wake();
      }
    }

    @Override
    public void cancelRequested() {
      bell.release();
    }

    @Override
    public void finished() {
      dispatchers.values().forEach(Dispatcher::freed);
    }
  }
}
