package io.jobyard.node.worker;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Ends the worker before its leases can have run out, should the manager not renew them: it may be
 * frozen, and another node about to run the same jobs. A worker without a run may live on: its
 * manager may only have lost the store for a while.
 *
 * <p>A platform thread, so that no virtual thread can hold it up. It begins with the first word on
 * the leases and ends with the process.
 */
final class LeaseGuard {
  private final AtomicLong until = new AtomicLong();
  private final BooleanSupplier busy;
  private final Runnable end;
  private final Thread thread;
  private volatile boolean watching;
  private volatile boolean asleep;

  /**
   * @param busy whether there are runs
   * @param end ends the process, and does not return
   */
  LeaseGuard(BooleanSupplier busy, Runnable end) {
    this.busy = busy;
    this.end = end;
    this.thread = Thread.ofPlatform().daemon().name("jobyard-lease-guard").unstarted(this::watch);
  }

  /** The latest moment for a run to go on, as {@link System#nanoTime}. Called by one thread. */
  void extend(long moment) {
    until.set(moment);
    if (!watching) {
      watching = true;
      thread.start();
    } else if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  /** Runs are about to begin; under leases that ran out on their way here none may. */
  void begin() {
    if (watching && left() <= 0) {
      end.run();
    }
  }

  /** Whether it waits for the next word on the leases. */
  boolean asleep() {
    return asleep;
  }

  private void watch() {
    while (true) {
      long left = left();
      if (left > 0) {
        LockSupport.parkNanos(this, left);
      } else if (busy.getAsBoolean()) {
        end.run();
      } else {
        asleep = true; // no run can begin before the next word on the leases
        LockSupport.park(this);
        asleep = false;
      }
    }
  }

  private long left() {
    return until.get() - System.nanoTime();
  }
}
