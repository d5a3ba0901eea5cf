package io.jobyard.run;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.DispatcherStore;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes outcomes back to the store, all that have gathered at once. While the store is away it
 * keeps them and tries again; one whose lease is stale is dropped, as it must be. One per node,
 * with a thread of its own; safe for use by many threads.
 */
public final class Settler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
  private static final int BATCH = 500;

  private final DispatcherStore store;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private final List<Runnable> whenAway = new CopyOnWriteArrayList<>();
  private List<Entry> inbox = new ArrayList<>();
  private List<Entry> writing = List.of();
  private boolean closed;

  /** Told what came of a settlement; on the settler's thread, must be quick. */
  @FunctionalInterface
  interface Settled {
    void settled(boolean accepted);
  }

  private record Entry(Settlement settlement, @Nullable Settled then) {}

  public Settler(DispatcherStore store) {
    this.store = store;
    this.thread = Thread.ofPlatform().name("jobyard-settler").daemon().unstarted(this::loop);
  }

  public void start() {
    thread.start();
  }

  /** Has this done each time the store has gone away, by the settler's thread. */
  void whenAway(Runnable step) {
    whenAway.add(step);
  }

  /** Takes a settlement; it is written soon. */
  void add(Settlement settlement, @Nullable Settled then) {
    lock.lock();
    try {
      inbox.add(new Entry(settlement, then));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Settlements not written yet. */
  int backlog() {
    lock.lock();
    try {
      return inbox.size() + writing.size();
    } finally {
      lock.unlock();
    }
  }

  /** The leases of settlements not written yet. */
  List<LeaseKey> pending() {
    lock.lock();
    try {
      List<LeaseKey> keys = new ArrayList<>();
      inbox.forEach(entry -> keys.add(entry.settlement.key()));
      writing.forEach(entry -> keys.add(entry.settlement.key()));
      return keys;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until everything taken so far is written; false if that took longer. */
  public boolean flush(Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (!inbox.isEmpty() || !writing.isEmpty()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Stops at once; call {@link #flush} before to lose nothing. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void loop() {
    Patience patience = new Patience(LOG, "settle outcomes");
    boolean away = false;
    while (take()) {
      try {
        tell(store.settle(settlements()));
        patience.success();
        away = false;
      } catch (StoreUnavailable e) {
        putBack();
        patience.failure(e);
        if (!away) {
          away = true;
          whenAway.forEach(Runnable::run);
        }
        pause(patience.delay());
      } catch (RuntimeException e) {
        settleSingly(e);
      }
    }
  }

  /** Something in the batch cannot be written: it must not keep the others from it. */
  private void settleSingly(RuntimeException refused) {
    LOG.debug("settling one by one, since together: {}", refused.getMessage());
    List<Entry> batch = writing;
    for (Entry entry : batch) {
      writing = List.of(entry);
      try {
        tell(store.settle(settlements()));
      } catch (StoreUnavailable e) {
        putBack();
      } catch (RuntimeException e) {
        LOG.error(
            "job {} in queue {}: what came of it cannot be recorded, so it runs again: {}",
            entry.settlement.key().id(),
            entry.settlement.queue(),
            e.getMessage(),
            e);
        if (entry.then != null) {
          entry.then.settled(false);
        }
      }
    }
  }

  private List<Settlement> settlements() {
    return writing.stream().map(Entry::settlement).toList();
  }

  private boolean take() {
    lock.lock();
    try {
      writing = List.of();
      changed.signalAll();
      while (inbox.isEmpty() && !closed) {
        changed.awaitUninterruptibly();
      }
      if (inbox.size() <= BATCH) {
        writing = inbox;
        inbox = new ArrayList<>();
      } else {
        writing = new ArrayList<>(inbox.subList(0, BATCH));
        inbox = new ArrayList<>(inbox.subList(BATCH, inbox.size()));
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void putBack() {
    lock.lock();
    try {
      List<Entry> all = new ArrayList<>(writing);
      all.addAll(inbox);
      inbox = all;
      writing = List.of();
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration delay) {
    lock.lock();
    try {
      long left = delay.toNanos();
      while (left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private void tell(Set<LeaseKey> stale) {
    for (Entry entry : writing) {
      Settlement settlement = entry.settlement;
      boolean accepted = !stale.contains(settlement.key());
      if (!accepted && !returnedUntouched(settlement)) {
        LOG.warn(
            "job {} in queue {}: its lease was lost, so what came of the run was not recorded",
            settlement.key().id(),
            settlement.queue());
      }
      if (entry.then != null) {
        entry.then.settled(accepted);
      }
    }
  }

  /** Nothing came of it, so nothing is lost with its lease. */
  private static boolean returnedUntouched(Settlement settlement) {
    return settlement.move() instanceof Settlement.Return && settlement.errors().isEmpty();
  }
}
