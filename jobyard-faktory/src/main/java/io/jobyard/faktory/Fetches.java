package io.jobyard.faktory;

import io.jobyard.run.Lender;
import io.jobyard.run.Outcome;
import io.jobyard.store.Lease;
import io.jobyard.store.Leased;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The FETCH commands that wait for a job, and the thread that serves them: all that wait for the
 * same queues are served by one question to the store. A queue that had nothing is not asked again
 * until a push rings, its next job is due, or its poll interval is over, however many wait.
 *
 * <p>Start once; closing twice, or without a start, is harmless. Safe for use by many threads.
 */
final class Fetches implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Fetches.class);
  private static final int MOST_REMEMBERED = 10_000;
  private static final long TROUBLED = Duration.ofSeconds(1).toNanos();

  private final Function<String, Duration> polls;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Fetch> waiting = new LinkedHashSet<>();
  private final Map<String, Long> dryUntil = new HashMap<>();
  private final Thread thread;
  private @Nullable Lender lender;
  private @Nullable String asked;
  private boolean rangMeanwhile;
  private boolean closed;

  /** One that waits. */
  private record Fetch(List<String> queues, CompletableFuture<@Nullable Lease> answer) {
    // Each is itself, also where two wait for the same queues.
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /**
   * @param polls how often to look at a queue that nobody rings for
   */
  Fetches(Function<String, Duration> polls) {
    this.polls = polls;
    this.thread = Thread.ofPlatform().name("jobyard-faktory-fetch").daemon().unstarted(this::serve);
  }

  void start(Lender from) {
    lender = from;
    thread.start();
  }

  /**
   * Waits for a job of the first of these queues that has one.
   *
   * @return null if none came in time
   */
  @Nullable Lease take(List<String> queues, Duration patience) throws InterruptedException {
    Fetch fetch = new Fetch(queues, new CompletableFuture<>());
    lock.lock();
    try {
      waiting.add(fetch);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      return fetch.answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return withdraw(fetch);
    } catch (InterruptedException e) {
      Lease late = withdraw(fetch);
      if (late != null && lender != null) {
        giveBack(lender, late);
      }
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a fetch is only ever completed", e);
    }
  }

  /** What it got at the last moment, or null. */
  private @Nullable Lease withdraw(Fetch fetch) {
    lock.lock();
    try {
      waiting.remove(fetch);
      return fetch.answer.getNow(null);
    } finally {
      lock.unlock();
    }
  }

  /** Jobs may be waiting in this queue. */
  void ring(String queue) {
    lock.lock();
    try {
      rangMeanwhile |= queue.equals(asked);
      dryUntil.remove(queue);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Jobs may be waiting in any. */
  void ring() {
    lock.lock();
    try {
      rangMeanwhile = true;
      dryUntil.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more jobs. */
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

  private void serve() {
    Lender from = lender;
    while (from != null) {
      List<List<String>> groups = awaitSomeone();
      if (groups.isEmpty()) {
        return;
      }
      for (List<String> queues : groups) {
        for (String queue : queues) {
          ask(from, queue, queues);
        }
      }
    }
  }

  /** Those for whom it is worth asking, by the queues they want; empty when it is over. */
  private List<List<String>> awaitSomeone() {
    lock.lock();
    try {
      while (!closed) {
        long now = System.nanoTime();
        long wait = TimeUnit.MINUTES.toNanos(1);
        Map<List<String>, Boolean> worth = new LinkedHashMap<>();
        for (Fetch fetch : waiting) {
          if (!worth.containsKey(fetch.queues)) {
            long soonest = Long.MAX_VALUE;
            for (String queue : fetch.queues) {
              soonest = Math.min(soonest, dryFor(queue, now));
            }
            worth.put(fetch.queues, soonest <= 0);
            wait = Math.min(wait, soonest);
          }
        }
        worth.values().removeIf(promising -> !promising);
        if (!worth.isEmpty()) {
          return new ArrayList<>(worth.keySet());
        }
        changed.awaitNanos(wait);
      }
      return List.of();
    } catch (InterruptedException e) {
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private long dryFor(String queue, long now) {
    Long until = dryUntil.get(queue);
    return until == null ? 0 : until - now;
  }

  private void ask(Lender from, String queue, List<String> group) {
    int wanted;
    lock.lock();
    try {
      wanted = (int) waiting.stream().filter(fetch -> fetch.queues.equals(group)).count();
      asked = queue;
      rangMeanwhile = false;
      if (wanted == 0 || closed || dryFor(queue, System.nanoTime()) > 0) {
        return;
      }
    } finally {
      lock.unlock();
    }
    try {
      Leased leased = from.lease(queue, wanted);
      int got = leased == null ? 0 : leased.leases().size();
      if (got < wanted) {
        Duration due = leased == null ? null : leased.nextDue();
        Duration poll = polls.apply(queue);
        dry(queue, due == null || poll.compareTo(due) < 0 ? poll : due);
      }
      if (leased != null) {
        leased.leases().forEach(lease -> handOut(from, lease, group));
      }
    } catch (RuntimeException e) {
      LOG.warn("cannot lease jobs of queue {}, trying again: {}", queue, e.getMessage());
      dry(queue, Duration.ofNanos(TROUBLED));
    }
  }

  /** Nothing is there for so long, unless it rang since it was asked. */
  private void dry(String queue, Duration time) {
    lock.lock();
    try {
      if (!rangMeanwhile) {
        if (dryUntil.size() >= MOST_REMEMBERED) {
          dryUntil.clear();
        }
        dryUntil.put(queue, System.nanoTime() + Math.max(1, time.toNanos()));
      }
    } finally {
      lock.unlock();
    }
  }

  /** To who has waited longest; back to the store if all have gone. */
  private void handOut(Lender from, Lease lease, List<String> group) {
    lock.lock();
    try {
      for (Fetch fetch : waiting) {
        if (fetch.queues.equals(group)) {
          waiting.remove(fetch);
          fetch.answer.complete(lease);
          return;
        }
      }
    } finally {
      lock.unlock();
    }
    giveBack(from, lease);
  }

  private static void giveBack(Lender to, Lease lease) {
    to.settle(lease, new Outcome.NotStarted(), accepted -> LOG.trace("given back: {}", accepted));
  }
}
