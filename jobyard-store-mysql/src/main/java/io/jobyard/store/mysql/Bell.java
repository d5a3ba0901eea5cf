package io.jobyard.store.mysql;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.NewJob;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.store.StoreListener;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes who listens, in this process and in others. Listeners of this process are told at once. For
 * the others a row is written to a small table, gathered so that a flood of pushes writes few, and
 * outside of the pushes' transactions, so that no row has to be touched by all of them. Who listens
 * reads the rows after the last it knows: one statement for all queues, every 5 ms within a minute
 * of anything happening, then more and more rarely; where all is quiet, a node's looks for jobs
 * tell in passing whether there is anything to read ({@link #passed}). Everything that reaches the
 * database reaches this table too, which no bell between machines could promise.
 *
 * <p>One thread, begun at need, does all of it. Safe for any thread; closing it twice is harmless.
 */
final class Bell implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Bell.class);

  private static final long FAST = Duration.ofMillis(5).toNanos();
  private static final long SLOW = Duration.ofSeconds(2).toNanos();
  private static final long BUSY = Duration.ofSeconds(60).toNanos();
  private static final double BACK_OFF = 1.25;

  /** How long a look of its own may be spared, once all is quiet. */
  private static final long SPARED = Duration.ofSeconds(10).toNanos();

  /** What is rung after the first within this time waits for its end. */
  private static final long GATHER = Duration.ofMillis(10).toNanos();

  /** If there is nothing but ends of jobs, which come all the time where jobs run. */
  private static final long GATHER_ENDS = Duration.ofMillis(50).toNanos();

  private static final Set<Wake> ENDS = Set.of(new Wake.Finished());

  private static final Duration CLEAN = Duration.ofSeconds(30);
  private static final Duration KEPT = Duration.ofSeconds(60);
  private static final int MOST_WAITING = 10_000;

  private final Database database;
  private final WakeRows rows;
  private final long self = ThreadLocalRandom.current().nextLong();
  private final AtomicLong order = new AtomicLong();
  private final List<StoreListener> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, List<Consumer<Signal>>> ears = new ConcurrentHashMap<>();

  /** Guarded by this object's monitor. */
  private Set<Wake> waiting = new LinkedHashSet<>();

  private List<Wake> local = new ArrayList<>();
  private @Nullable Thread thread;
  private boolean closed;

  /** Whether the last look for what others rang had no answer. */
  private boolean away;

  private @Nullable Tail tail;

  /** The highest number that was read. */
  private long newest;

  /** Whether a higher one was seen in passing. */
  private boolean unread;

  private long passedAt;
  private long polledAt;
  private long lastRung = System.nanoTime() - GATHER;
  private long lastActive = System.nanoTime();

  Bell(Database database) {
    this.database = database;
    this.rows = new WakeRows(database);
  }

  Subscription listen(StoreListener listener) {
    begin();
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  Subscription hear(String topic, Consumer<Signal> ear) {
    begin();
    ears.compute(
        topic,
        (name, all) -> {
          List<Consumer<Signal>> list = all == null ? new CopyOnWriteArrayList<>() : all;
          list.add(ear);
          return list;
        });
    return () ->
        ears.computeIfPresent(
            topic,
            (name, all) -> {
              all.remove(ear);
              return all.isEmpty() ? null : all;
            });
  }

  void ready(Collection<NewJob> jobs) {
    Set<Wake> wakes = new LinkedHashSet<>();
    jobs.forEach(job -> wakes.add(new Wake.Ready(job.queue())));
    ring(wakes);
  }

  void signal(List<Signal> signals) {
    List<Wake> wakes = new ArrayList<>();
    for (Signal signal : signals) {
      wakes.add(new Wake.Live(signal, order.incrementAndGet()));
    }
    ring(wakes);
  }

  /** Rings; never fails, because nobody depends on it. */
  synchronized void ring(Collection<? extends Wake> wakes) {
    if (wakes.isEmpty() || closed) {
      return;
    }
    for (Wake wake : wakes) {
      if (waiting.size() < MOST_WAITING) {
        waiting.add(wake);
      }
      local.add(wake);
    }
    lastActive = System.nanoTime();
    work();
    notifyAll();
  }

  /**
   * The highest number in the table, as somebody saw who had to ask the server anyway. A lower one
   * that is committed later is not seen so: now and then there is a look for it nevertheless.
   */
  synchronized void passed(long number) {
    passedAt = System.nanoTime();
    if (tail != null && number > newest) {
      unread = true;
      notifyAll();
    }
  }

  /** Rings with a transaction of the caller's, when it commits. */
  void ringWithin(Tx tx, Collection<NewJob> jobs) throws SQLException {
    Set<Wake> wakes = new LinkedHashSet<>();
    jobs.forEach(job -> wakes.add(new Wake.Ready(job.queue())));
    if (!wakes.isEmpty()) {
      // Under no sender: nobody else tells the listeners of this process.
      WakeRows.insert(tx, 0, wakes);
    }
  }

  @Override
  public void close() {
    Thread last;
    synchronized (this) {
      closed = true;
      last = thread;
      notifyAll();
    }
    if (last != null && !last.equals(Thread.currentThread())) {
      try {
        last.join(Duration.ofSeconds(2).toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** From now on rows are read; what was written before is old. */
  private void begin() {
    synchronized (this) {
      if (tail != null || closed) {
        return;
      }
    }
    long last = rows.last();
    synchronized (this) {
      if (tail == null) {
        tail = new Tail(last);
        newest = last;
      }
      work();
      notifyAll();
    }
  }

  private synchronized void work() {
    if (thread == null && !closed) {
      thread = Thread.ofPlatform().daemon().name("jobyard-wake").start(this::run);
    }
  }

  private void run() {
    long pause = FAST;
    long cleaned = System.nanoTime();
    while (true) {
      Round round = next(pause);
      round.local.forEach(this::tell);
      boolean last = isClosed();
      if (!round.rung.isEmpty()) {
        quietly(() -> write(round.rung));
      }
      if (last) {
        return;
      }
      boolean heard = poll();
      pause = heard || busy() ? FAST : Math.min(SLOW, (long) (pause * BACK_OFF));
      if (System.nanoTime() - cleaned > CLEAN.toNanos() && busy()) {
        cleaned = System.nanoTime();
        quietly(this::clean);
      }
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized boolean busy() {
    return System.nanoTime() - lastActive < BUSY;
  }

  private synchronized Round next(long pause) {
    long jittered = (long) (pause * (0.75 + ThreadLocalRandom.current().nextDouble() * 0.5));
    long until = System.nanoTime() + jittered;
    try {
      while (!closed && local.isEmpty() && !due() && !unread) {
        long now = System.nanoTime();
        if (pause == SLOW && until - now <= 0) {
          // Others looked since; it is enough to look after the last of them.
          until = Math.min(passedAt + jittered, polledAt + SPARED);
        }
        long untilRung = waiting.isEmpty() ? Long.MAX_VALUE : lastRung + gather() - now;
        // What waits to be rung does not keep us from hearing what others ring.
        long left = tail == null ? untilRung : Math.min(untilRung, until - now);
        if (left == Long.MAX_VALUE) {
          wait();
          until = System.nanoTime();
        } else if (left <= 0) {
          break;
        } else {
          wait(left / 1_000_000, (int) (left % 1_000_000));
        }
      }
    } catch (InterruptedException e) {
      closed = true;
    }
    unread = false;
    List<Wake> toTell = local;
    local = new ArrayList<>();
    Set<Wake> toRing = Set.of();
    if (due() || (closed && !waiting.isEmpty())) {
      toRing = waiting;
      waiting = new LinkedHashSet<>();
      lastRung = System.nanoTime();
    }
    return new Round(toTell, toRing);
  }

  /** Whether there is something to ring, and it is time to. */
  private boolean due() {
    return !waiting.isEmpty() && System.nanoTime() - lastRung >= gather();
  }

  private long gather() {
    return waiting.equals(ENDS) ? GATHER_ENDS : GATHER;
  }

  private void write(Set<Wake> wakes) {
    database.write(tx -> {
      WakeRows.insert(tx, self, wakes);
      return true;
    });
  }

  /** Reads what others rang, if anybody listens; returns whether there was something. */
  private boolean poll() {
    Tail now = tail();
    if (now == null || (listeners.isEmpty() && ears.isEmpty())) {
      return false;
    }
    synchronized (this) {
      polledAt = System.nanoTime();
    }
    List<Wake> heard = new ArrayList<>();
    boolean answered =
        answers(() -> {
          long nanos = System.nanoTime();
          for (WakeRows.Row row : rows.after(now.floor(), self)) {
            if (now.add(row.n(), nanos) && row.sender() != self) {
              heard.add(row.wake());
            }
            read(row.n());
          }
          now.advance(nanos);
        });
    if (!answered && !away) {
      listeners.forEach(listener -> guarded(listener::away, "the loss of its connection"));
    }
    away = !answered;
    heard.forEach(this::tell);
    if (!heard.isEmpty()) {
      synchronized (this) {
        lastActive = System.nanoTime();
      }
    }
    return !heard.isEmpty();
  }

  private synchronized void read(long number) {
    newest = Math.max(newest, number);
  }

  private synchronized @Nullable Tail tail() {
    return tail;
  }

  private void clean() {
    Tail now = tail();
    rows.forget(now != null ? now.floor() : rows.last(), KEPT);
  }

  private void tell(Wake wake) {
    if (wake instanceof Wake.Live(Signal signal, long order)) {
      for (Consumer<Signal> ear : ears.getOrDefault(signal.topic(), List.of())) {
        guarded(() -> ear.accept(signal), wake);
      }
      return;
    }
    for (StoreListener listener : listeners) {
      guarded(() -> wake.tell(listener), wake);
    }
  }

  private void guarded(Runnable call, Object what) {
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.warn("{}: a listener failed at {}", database.url(), what, e);
    }
  }

  private void quietly(Runnable action) {
    boolean unused = answers(action);
  }

  /** Does this if the server lets it; whether it was there. */
  private boolean answers(Runnable action) {
    try {
      action.run();
    } catch (StoreUnavailable e) {
      LOG.debug("{}: no wake-ups for now: {}", database.url(), e.getMessage());
      return false;
    } catch (RuntimeException e) {
      LOG.warn("{}: wake-ups failed, so jobs start by polling", database.url(), e);
    }
    return true;
  }

  /** What one round of the thread has to do. */
  private record Round(List<Wake> local, Set<Wake> rung) {}
}
