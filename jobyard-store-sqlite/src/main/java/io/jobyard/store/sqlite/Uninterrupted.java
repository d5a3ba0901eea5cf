package io.jobyard.store.sqlite;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits that an interrupt does not end: a push by an interrupted job is carried out all the same,
 * and the thread is found interrupted afterwards. Deadlines are by {@link System#nanoTime}.
 */
final class Uninterrupted {
  private Uninterrupted() {}

  /** Takes the lock; false if it was not to be had by the deadline. */
  static boolean lock(Lock lock, long deadline) {
    return waiting(() -> lock.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
  }

  /** Waits for signals until it is done; false if it is not by the deadline. */
  static boolean await(Condition condition, BooleanSupplier done, long deadline) {
    return waiting(() -> {
      while (!done.getAsBoolean()) {
        if (condition.awaitNanos(deadline - System.nanoTime()) <= 0) {
          return done.getAsBoolean();
        }
      }
      return true;
    });
  }

  /** Waits a little. */
  static void pause(long nanos) {
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean waiting(Wait wait) {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return wait.once();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private interface Wait {
    boolean once() throws InterruptedException;
  }
}
