package io.jobyard.run;

import io.jobyard.config.Config;
import io.jobyard.config.QueueConfig;
import io.jobyard.store.Environment;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Phase;
import io.jobyard.store.ProducerStore;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.StoreListener;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases for runs that happen out of this house's sight: at workers that ask for jobs over a wire
 * of their own and say later what came of them. Does all that a node does towards the store (beats,
 * settles, passes on cancels, tidies up); which run holds which lease is the borrower's to know.
 *
 * <p>Queues are whatever the borrower asks for. Since a session is listed with its queues when it
 * begins, a queue that is asked for the first time begins a new session; the one before leaves once
 * its last lease is settled.
 *
 * <p>There are no failure handlers out there: a job whose retries are used up is FAILED at once.
 *
 * <p>Start once; closing twice, or without a start, is harmless. Safe for use by many threads. The
 * store is the caller's to close.
 */
public final class Lender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lender.class);
  private static final int MOST_LISTED = 1_000;
  private static final long MOST_BYTES = 8L * 1024 * 1024;

  private final JobStore store;
  private final Config config;
  private final String name;
  private final Borrower borrower;
  private final Settler settler;
  private final Rounds rounds;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition returned = lock.newCondition();
  private final Map<LeaseKey, Tenure> out = new HashMap<>();
  private final Set<String> asked = new HashSet<>();
  private final List<Tenure> leaving = new ArrayList<>();
  private volatile Tenure tenure;
  private ProducerStore.@Nullable Subscription wakes;

  /** Who runs the jobs. Told on threads that must not be held up. */
  public interface Borrower {
    /** Jobs may be waiting in this queue. */
    void ready(String queue);

    /** Jobs may be waiting, or may be taken again, in any queue. */
    void ready();

    /** These runs should end: settle them as cancelled. */
    void cancel(Set<LeaseKey> leases);

    /** These leases are another's: forget them. */
    void lost(Set<LeaseKey> leases);
  }

  /**
   * @param name how the store lists it
   */
  public Lender(
      JobStore store, Config config, String name, InstantSource clock, Borrower borrower) {
    this.store = store;
    this.config = config;
    this.name = name;
    this.borrower = borrower;
    this.settler = new Settler(store);
    Janitor janitor =
        new Janitor(
            store,
            settlements -> store.settle(settlements).size(),
            queue -> config.queue(queue).policy(),
            config.lease(),
            clock,
            name);
    this.tenure = new Tenure(Set.of());
    this.rounds =
        new Rounds(
            "jobyard-lender", janitor, config.lease(), this::makeRound, this::giveBackStrays);
  }

  public void start() {
    Environment.requireOfNode(config.env(), store);
    settler.start();
    wakes = store.listen(new Bell());
    tenure.heart.start();
    rounds.start();
  }

  /**
   * Takes jobs of a queue.
   *
   * @param count at most so many
   * @return null while there is no session to take them for; {@link Borrower#ready()} follows
   */
  public @Nullable Leased lease(String queue, int count) {
    Tenure at = asks(queue);
    try {
      Session session = at.session;
      return session == null ? null : lease(at, session, config.queue(queue), count);
    } finally {
      asked(at);
    }
  }

  private Leased lease(Tenure at, Session session, QueueConfig queue, int count) {
    Leased leased =
        store.lease(
            new LeaseRequest(
                session,
                queue.name(),
                count,
                MOST_BYTES,
                Set.of(),
                queue.order(),
                queue.limit(),
                null));
    List<Lease> kept = new ArrayList<>();
    lock.lock();
    try {
      if (session.equals(at.session)) {
        for (Lease lease : leased.leases()) {
          out.put(lease.key(), at);
          kept.add(lease);
        }
      }
    } finally {
      lock.unlock();
    }
    kept.removeIf(this::endsUnrun);
    return new Leased(kept, leased.nextDue());
  }

  private Tenure asks(String queue) {
    lock.lock();
    try {
      if (asked.size() < MOST_LISTED) {
        asked.add(queue);
      }
      tenure.asking++;
      return tenure;
    } finally {
      lock.unlock();
    }
  }

  private void asked(Tenure at) {
    lock.lock();
    try {
      at.asking--;
    } finally {
      lock.unlock();
    }
  }

  /** Its body must not run again, and its handlers cannot run out there. */
  private boolean endsUnrun(Lease lease) {
    if (lease.standing().phase() == Phase.RUN) {
      return false;
    }
    settle(lease, new Outcome.Handled(List.of()), accepted -> {});
    return true;
  }

  /** Writes what came of a run, soon; then says whether it counted. */
  public void settle(Lease lease, Outcome outcome, Consumer<Boolean> then) {
    Settlement settlement = Lifecycle.settle(lease.standing(), outcome, policy(lease));
    settler.add(
        settlement,
        accepted -> {
          lock.lock();
          try {
            out.remove(lease.key());
            returned.signalAll();
          } finally {
            lock.unlock();
          }
          then.accept(accepted);
        });
  }

  /**
   * Waits until no lease is out or unsettled.
   *
   * @return false if some still are after that time
   */
  public boolean awaitAll(Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (!out.isEmpty()) {
        if (left <= 0) {
          return false;
        }
        left = returned.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** How long a run of this job may last; zero is no limit. */
  public Duration timeout(Lease lease) {
    return Lifecycle.timeout(lease.standing().settings(), policy(lease));
  }

  private Policy policy(Lease lease) {
    return config.queue(lease.standing().queue()).policy().withoutHandler();
  }

  /** Settles what is known and takes leave; what is still out runs again elsewhere. */
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
    try {
      rounds.thread().join(config.lease().toMillis());
      if (!settler.flush(config.lease().dividedBy(2))) {
        LOG.warn("the store did not take the last outcomes in time; those jobs will run again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    settler.close();
    leaving.forEach(old -> old.heart.close());
    tenure.heart.close();
  }

  // ---- rounds ----

  private void makeRound() {
    changeTenure();
    tenures().forEach(this::passOnCancels);
  }

  private List<Tenure> tenures() {
    List<Tenure> all = new ArrayList<>(leaving);
    all.add(tenure);
    return all;
  }

  /** Begins a session that is listed with all queues asked for, and lets older ones leave. */
  private void changeTenure() {
    Set<String> queues;
    lock.lock();
    try {
      queues = Set.copyOf(asked);
    } finally {
      lock.unlock();
    }
    if (!tenure.queues.containsAll(queues)) {
      Tenure next = new Tenure(queues);
      leaving.add(tenure);
      lock.lock();
      try {
        tenure = next;
      } finally {
        lock.unlock();
      }
      next.heart.start();
    }
    for (Tenure old : List.copyOf(leaving)) {
      if (tenure.session != null && !holds(old)) {
        leaving.remove(old);
        old.heart.close();
      }
    }
  }

  /** Whether it has leases out, or asks for some. */
  private boolean holds(Tenure at) {
    lock.lock();
    try {
      return at.asking > 0 || out.containsValue(at);
    } finally {
      lock.unlock();
    }
  }

  private void passOnCancels(Tenure at) {
    Session session = at.session;
    if (session != null && holds(at)) {
      Set<LeaseKey> keys = store.cancelRequested(session);
      if (!keys.isEmpty()) {
        borrower.cancel(keys);
      }
    }
  }

  private void giveBackStrays() {
    for (Tenure at : tenures()) {
      Session session = at.session;
      if (session != null) {
        at.strays.look(session);
      }
    }
  }

  private Set<LeaseKey> lentOut() {
    lock.lock();
    try {
      return Set.copyOf(out.keySet());
    } finally {
      lock.unlock();
    }
  }

  /** One session, or one after another where the store ended it. */
  private final class Tenure implements Heart.Listener {
    private final Set<String> queues;
    private final Heart heart;
    private final LostAndFound strays = new LostAndFound(store, settler, Lender.this::lentOut);
    private volatile @Nullable Session session;
    private int asking; // guarded by the lender's lock

    Tenure(Set<String> queues) {
      this.queues = queues;
      NodeInfo info = new NodeInfo(name, ProcessHandle.current().pid(), queues);
      this.heart = new Heart(store, info, config.lease(), this);
    }

    @Override
    public void joined(Session current) {
      session = current;
      borrower.ready();
    }

    @Override
    public void renewed(long until) {
      LOG.trace("leases hold until {}", until);
    }

    @Override
    public void lost() {
      Set<LeaseKey> gone = new HashSet<>();
      lock.lock();
      try {
        session = null;
        out.forEach((key, holder) -> {
          if (holder == this) {
            gone.add(key);
          }
        });
        out.keySet().removeAll(gone);
        returned.signalAll();
      } finally {
        lock.unlock();
      }
      borrower.lost(gone);
    }
  }

  private final class Bell implements StoreListener {
    @Override
    public void ready(String queue) {
      borrower.ready(queue);
    }

    @Override
    public void cancelRequested() {
      rounds.ring();
    }

    @Override
    public void finished() {
      if (config.queues().values().stream().anyMatch(queue -> queue.limit() > 0)) {
        borrower.ready();
      }
    }
  }
}
