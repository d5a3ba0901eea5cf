package io.jobyard.run;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches the deadlines of a worker's runs, on a platform thread that no spinning virtual thread
 * can hold up. At a deadline: thread dump, interrupt, grace; if the run still goes on then, it is
 * given to {@link Stuck}.
 *
 * <p>It sleeps until the earliest moment it knows of and does not take part in a run's normal end,
 * so that fast jobs cost it nothing.
 */
final class Watch implements AutoCloseable {
  private final ConcurrentHashMap<Integer, Run> runs = new ConcurrentHashMap<>();
  private final AtomicLong wakeAt = new AtomicLong();
  private final long grace;
  private final Stuck stuck;
  private final Thread thread;
  private volatile boolean closed;

  /** Takes over a run that does not end. */
  @FunctionalInterface
  interface Stuck {
    void stuck(Run run);
  }

  Watch(String name, long graceNanos, Stuck stuck) {
    this.grace = graceNanos;
    this.stuck = stuck;
    this.wakeAt.set(System.nanoTime());
    this.thread = Thread.ofPlatform().name("jobyard-watch-" + name).daemon().start(this::loop);
  }

  void add(Run run) {
    runs.put(run.ticket(), run);
    lookAt(run);
  }

  void remove(Run run) {
    runs.remove(run.ticket());
  }

  /** Stops a run that somebody cancelled. */
  void cancel(int ticket) {
    Run run = runs.get(ticket);
    if (run != null && run.stop(Run.Stop.CANCEL, System.nanoTime() + grace, null)) {
      lookAt(run);
    }
  }

  boolean cancelled(int ticket) {
    Run run = runs.get(ticket);
    return run != null && run.stopping() == Run.Stop.CANCEL;
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void lookAt(Run run) {
    Long next = run.next();
    if (next != null && next - wakeAt.get() < 0) {
      wakeAt.set(next);
      LockSupport.unpark(thread);
    }
  }

  private void loop() {
    while (!closed) {
      long now = System.nanoTime();
      wakeAt.set(now + Long.MAX_VALUE / 2);
      for (Run run : runs.values()) {
        look(run, now);
      }
      long wait = wakeAt.get() - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(this, wait);
      }
    }
  }

  private void look(Run run, long now) {
    Long next = run.next();
    if (next == null || run.over()) {
      return;
    }
    if (next - now > 0) {
      wakeAt.accumulateAndGet(next, (a, b) -> a - b < 0 ? a : b);
    } else if (run.stopping() == null) {
      Thread body = run.thread();
      String dump = body == null ? null : ThreadDump.of(body);
      run.stop(Run.Stop.TIMEOUT, next + grace, dump);
      lookAt(run);
    } else {
      runs.remove(run.ticket());
      stuck.stuck(run);
    }
  }
}
