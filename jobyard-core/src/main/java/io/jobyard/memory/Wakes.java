package io.jobyard.memory;

import io.jobyard.store.StoreListener;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what changed, on a thread of its own that goes away when nothing happens. What
 * gathers while a listener works is told once. Thread-safe.
 */
final class Wakes {
  private static final Logger LOG = LoggerFactory.getLogger(Wakes.class);

  private final List<StoreListener> listeners = new CopyOnWriteArrayList<>();
  private final ThreadPoolExecutor thread = daemon();
  private Set<String> readyQueues = new HashSet<>();
  private boolean cancels;
  private boolean ends;
  private boolean underway;

  private static ThreadPoolExecutor daemon() {
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("jobyard-memory-wakes").daemon().factory());
    one.allowCoreThreadTimeOut(true);
    return one;
  }

  void add(StoreListener listener) {
    listeners.add(listener);
  }

  void remove(StoreListener listener) {
    listeners.remove(listener);
  }

  synchronized void ready(String queue) {
    readyQueues.add(queue);
    deliverSoon();
  }

  synchronized void cancelRequested() {
    cancels = true;
    deliverSoon();
  }

  synchronized void finished() {
    ends = true;
    deliverSoon();
  }

  private void deliverSoon() {
    if (!underway) {
      underway = true;
      thread.execute(this::deliver);
    }
  }

  private void deliver() {
    Set<String> queues;
    boolean cancelled;
    boolean ended;
    synchronized (this) {
      queues = readyQueues;
      cancelled = cancels;
      ended = ends;
      readyQueues = new HashSet<>();
      cancels = false;
      ends = false;
      underway = false;
    }
    for (StoreListener listener : listeners) {
      tell(listener, queues, cancelled, ended);
    }
  }

  private static void tell(
      StoreListener listener, Set<String> queues, boolean cancelled, boolean ended) {
    try {
      queues.forEach(listener::ready);
      if (cancelled) {
        listener.cancelRequested();
      }
      if (ended) {
        listener.finished();
      }
    } catch (RuntimeException broken) {
      LOG.warn("a store listener threw; its node polls instead", broken);
    }
  }
}
