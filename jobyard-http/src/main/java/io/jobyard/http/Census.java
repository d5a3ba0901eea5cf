package io.jobyard.http;

import io.jobyard.store.JobStore;
import io.jobyard.store.QueueStatus;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The queues' counts for all who follow events: counted five times a second at most, and more
 * seldom where that would take a greater part of the time, however many ask. Safe for use by many
 * threads; who asks while it counts waits for that count.
 */
final class Census {
  private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(200);

  /** Counting may take this part of the time. */
  private static final int PART = 20;

  private final JobStore store;
  private @Nullable List<QueueStatus> counted;
  private long stale = System.nanoTime();

  Census(JobStore store) {
    this.store = store;
  }

  synchronized List<QueueStatus> queues() {
    List<QueueStatus> last = counted;
    long began = System.nanoTime();
    if (last != null && began - stale < 0) {
      return last;
    }
    List<QueueStatus> now = store.queues();
    counted = now;
    long ended = System.nanoTime();
    stale = ended + Math.max(FRESH, PART * (ended - began));
    return now;
  }
}
