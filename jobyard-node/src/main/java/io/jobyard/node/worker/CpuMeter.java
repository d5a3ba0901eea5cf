package io.jobyard.node.worker;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.locks.LockSupport;

/**
 * Notes for each run what its process had used of the processor when it began. A virtual thread has
 * no such figure of its own; where one job runs at a time, its process's will do.
 *
 * <p>To ask the system costs more than a quick job: so this asks once a second at most, on a thread
 * that sleeps while nothing runs, and a run that begins within that second is noted at its end.
 */
final class CpuMeter {
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  private final Collection<Performer> performers;
  private final Thread thread;
  private volatile boolean asleep;

  /**
   * @param performers those that run; may change at any time
   */
  CpuMeter(Collection<Performer> performers) {
    this.performers = performers;
    this.thread = Thread.ofPlatform().daemon().name("jobyard-cpu-meter").unstarted(this::meter);
  }

  void start() {
    thread.start();
  }

  /** A run has begun. */
  void begun() {
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  @SuppressWarnings("InfiniteLoopStatement") // ends with the process
  private void meter() {
    while (true) {
      asleep = true;
      if (performers.isEmpty()) {
        LockSupport.park(this);
      }
      asleep = false;
      note();
      LockSupport.parkNanos(this, PAUSE);
    }
  }

  private void note() {
    for (Performer performer : performers) {
      if (performer.cpuAtStart() == null) {
        Cpu.now().ifPresent(performer::cpuAtStart);
      }
    }
  }
}
