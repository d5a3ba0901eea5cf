package io.jobyard.faktory;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** How much memory the commands of all connections may take at once. Safe for many threads. */
final class Budget {
  /** What is taken and given is a multiple of this. */
  static final int UNIT = 1024;

  private final Semaphore units;
  private final Duration patience;

  /**
   * @param bytes in all
   * @param patience how long a command waits for others to end
   */
  Budget(long bytes, Duration patience) {
    this.units = new Semaphore((int) Math.min(Integer.MAX_VALUE, bytes / UNIT));
    this.patience = patience;
  }

  /** An eighth of this process's memory. */
  static Budget ofThisProcess() {
    return new Budget(Runtime.getRuntime().maxMemory() / 8, Duration.ofSeconds(5));
  }

  /**
   * @throws Refused if so much is not free within the patience
   */
  void take(int bytes) throws Refused {
    try {
      if (!units.tryAcquire(inUnits(bytes), patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new Refused("too much is on its way to this server; try again, or send less at once");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refused("the server stops");
    }
  }

  void give(int bytes) {
    units.release(inUnits(bytes));
  }

  private static int inUnits(int bytes) {
    return bytes / UNIT;
  }
}
