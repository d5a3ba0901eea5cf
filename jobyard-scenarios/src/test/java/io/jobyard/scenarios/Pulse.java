package io.jobyard.scenarios;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobStore;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Asks the store for next to nothing a hundred times a second, and remembers when the answer was
 * long in coming: then the machine or the store stood still, for a node as for the one who asks. A
 * promise in milliseconds is held to the time that was left.
 */
final class Pulse implements AutoCloseable {
  private static final long BEAT = Duration.ofMillis(10).toNanos();
  private static final long STILL = BEAT + BEAT / 2;

  /** Times in which an answer was overdue; both as {@link System#nanoTime}. */
  private record Pause(long from, long until) {
    long within(long since, long before) {
      return Math.max(0, Math.min(until, before) - Math.max(from, since));
    }
  }

  private final Queue<Pause> pauses = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService beats =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("pulse").factory());
  private final JobStore store;
  private long last = System.nanoTime(); // only the beats' thread knows it

  Pulse(JobStore store) {
    this.store = store;
    beats.scheduleWithFixedDelay(this::beat, BEAT, BEAT, TimeUnit.NANOSECONDS);
  }

  private void beat() {
    try {
      store.find(List.of(UUID.randomUUID()));
    } catch (StoreUnavailable e) {
      // what was without an answer is known by the time that went
    }
    long now = System.nanoTime();
    if (now - last > STILL) {
      pauses.add(new Pause(last + BEAT, now)); // its own rest is no standstill
    }
    last = now;
  }

  /** How many nanoseconds of that time nothing went on. */
  long stoodStill(long from, long until) {
    return pauses.stream().mapToLong(pause -> pause.within(from, until)).sum();
  }

  @Override
  public void close() {
    beats.shutdownNow();
  }
}
