package io.jobyard.node.worker;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Comparator;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sees whether jobs leave a heap full behind: after a run it looks how much is used, and only if
 * that is much, and more of it old than the last time, it has the garbage collected to know what is
 * left. Safe for use by many threads; one looks at a time.
 */
final class HeapGauge {
  private static final double WORN = 0.8;

  /**
   * Too full for another job: the replacement is not waited for. Well below what the old generation
   * alone can hold, an eighth less than the heap: once that is full, it grows no more, and no look
   * would follow.
   */
  private static final double FULL = 0.84;

  /** A collection is worth it once so much more has become old. */
  private static final double STEP = 0.02;

  private final Alarm alarm;
  private final long most = Runtime.getRuntime().maxMemory();
  private final ReentrantLock looking = new ReentrantLock();
  private @Nullable MemoryPoolMXBean old;
  private long oldAtLast;
  private boolean told;
  private boolean toldFull;

  /** Told once that the heap stays full, and once more that it is too full to go on. */
  @FunctionalInterface
  interface Alarm {
    void worn(boolean full, String why);
  }

  HeapGauge(Alarm alarm) {
    this.alarm = alarm;
  }

  /** A run came to its end. */
  void afterRun() {
    if (toldFull || used() < WORN * most || !looking.tryLock()) {
      return;
    }
    try {
      look();
    } finally {
      looking.unlock();
    }
  }

  private void look() {
    if (old() - oldAtLast < STEP * most) {
      return;
    }
    System.gc();
    oldAtLast = old();
    long left = used();
    boolean full = left > FULL * most;
    if (full || (left > WORN * most && !told)) {
      told = true;
      toldFull = full;
      alarm.worn(
          full, "its jobs left %d MB of its %d MB heap in use".formatted(left >> 20, most >> 20));
    }
  }

  private static long used() {
    Runtime jvm = Runtime.getRuntime();
    return jvm.totalMemory() - jvm.freeMemory();
  }

  /** What has outlived some collections, some of it garbage by now. */
  private long old() {
    MemoryPoolMXBean pool = old;
    if (pool == null) {
      // The largest of a generational heap's.
      pool =
          ManagementFactory.getMemoryPoolMXBeans().stream()
              .filter(each -> each.getType() == MemoryType.HEAP)
              .max(Comparator.comparingLong(each -> each.getUsage().getMax()))
              .orElseThrow();
      old = pool;
    }
    return pool.getUsage().getUsed();
  }
}
