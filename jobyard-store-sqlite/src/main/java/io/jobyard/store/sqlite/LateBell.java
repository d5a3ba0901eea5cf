package io.jobyard.store.sqlite;

import io.jobyard.JobyardException;
import io.jobyard.StoreUnavailable;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rings for pushes whose commit is somebody else's. Whoever pushed holds the write lock until that
 * transaction has ended: so a thread of its own asks for the lock, and once it gets it, rings; in
 * vain where the transaction was rolled back. What lasts longer than a minute is left to polling.
 *
 * <p>The thread begins with the first such push and ends when there are none. Safe for any thread;
 * closing it twice is harmless.
 */
final class LateBell implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LateBell.class);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final Writer writer;
  private final WakeBell bell;
  private final Set<String> waiting = new LinkedHashSet<>();
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          IDLE.toMillis(),
          TimeUnit.MILLISECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("jobyard-late-bell").factory());

  LateBell(Writer writer, WakeBell bell) {
    this.writer = writer;
    this.bell = bell;
    thread.allowCoreThreadTimeOut(true);
  }

  /** Rings for these queues as soon as nobody holds the write lock. */
  void ringWhenFree(Collection<String> queues) {
    synchronized (waiting) {
      boolean asked = !waiting.isEmpty();
      waiting.addAll(queues);
      if (!asked && !thread.isShutdown()) {
        thread.execute(this::ring);
      }
    }
  }

  @Override
  public void close() {
    synchronized (waiting) {
      thread.shutdown();
    }
  }

  private void ring() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        // Whoever pushes after these were taken has the lock after us, and asks anew.
        Due due = writer.write(db -> new Due(bell.ports(db), taken()));
        bell.ring(due.ports, due.wakes);
        return;
      } catch (JobyardException e) {
        boolean again = e instanceof StoreUnavailable && !thread.isShutdown();
        if (!again || System.nanoTime() - deadline > 0) {
          LOG.debug("{} are left to polling: {}", taken(), e.getMessage());
          return;
        }
      }
      Uninterrupted.pause(PAUSE.toNanos());
    }
  }

  private List<Wake.Ready> taken() {
    synchronized (waiting) {
      List<Wake.Ready> wakes = waiting.stream().map(Wake.Ready::new).toList();
      waiting.clear();
      return wakes;
    }
  }

  private record Due(List<Integer> ports, List<Wake.Ready> wakes) {}
}
