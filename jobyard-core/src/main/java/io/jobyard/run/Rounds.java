package io.jobyard.run;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that looks after the store twice a second and when it is rung: each time at what must
 * be stopped, now and then it tidies up and counts what is leased. A store that is away makes it
 * try again; nothing else ends it but {@link #stop}. Safe for use by many threads.
 */
final class Rounds {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
  private static final Duration ROUND = Duration.ofMillis(500);

  private final Janitor janitor;
  private final Duration lease;
  private final Runnable each;
  private final Runnable count;
  private final Semaphore bell = new Semaphore(0);
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final Thread thread;

  /**
   * @param each done in every round
   * @param count done once in the length of a lease: gives back leases in nobody's care
   */
  Rounds(String name, Janitor janitor, Duration lease, Runnable each, Runnable count) {
    this.janitor = janitor;
    this.lease = lease;
    this.each = each;
    this.count = count;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Makes a round now. */
  void ring() {
    bell.release();
  }

  /**
   * Ends after the round that is being made; does not wait for it.
   *
   * @return false if that was said before
   */
  boolean stop() {
    boolean first = !stopped.getAndSet(true);
    ring();
    return first;
  }

  /** To be waited for. */
  Thread thread() {
    return thread;
  }

  private void run() {
    Patience patience = new Patience(LOG, "look after the store");
    long nextTidy = System.nanoTime();
    long nextCount = nextTidy;
    try {
      while (!stopped.get()) {
        try {
          each.run();
          long now = System.nanoTime();
          if (now - nextTidy >= 0) {
            nextTidy = now + janitor.pause().toNanos();
            janitor.tidy();
          }
          if (now - nextCount >= 0) {
            nextCount = now + lease.toNanos();
            count.run();
          }
          patience.success();
        } catch (RuntimeException e) {
          patience.failure(e);
        }
        if (bell.tryAcquire(Tact.untilNext(ROUND, System.nanoTime()), TimeUnit.NANOSECONDS)) {
          bell.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("the rounds were interrupted, and end");
    }
  }
}
