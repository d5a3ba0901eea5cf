package io.jobyard.http.page;

import io.jobyard.stats.Load;
import io.jobyard.store.QueueStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first page.
 *
 * @param wait99 the greatest of the queues; null where nothing ran lately
 */
public record Overview(
    String store,
    String span,
    long ready,
    long running,
    long failed,
    long perMinute,
    @Nullable Long wait99,
    List<Queue> queues,
    Crew crew) {
  /** A line of the table. */
  public record Queue(
      int id,
      String name,
      boolean paused,
      long ready,
      long scheduled,
      long running,
      long failed,
      @Nullable Long oldest,
      @Nullable Long wait50,
      @Nullable Long wait99,
      @Nullable Long run50,
      @Nullable Long run99,
      int consumers) {
    /** Whether jobs wait that nobody will take. */
    public boolean stranded() {
      return consumers == 0 && ready + scheduled > 0;
    }
  }

  static Overview of(Board.Seen seen, String store, String span, @Nullable String here) {
    List<Queue> queues = new ArrayList<>();
    long ready = 0;
    long running = 0;
    long failed = 0;
    Long worst = null;
    for (QueueStatus status : seen.queues()) {
      Load load = seen.recent().get(status.queue());
      Long wait = load == null ? null : tell(load.waited().count(), load.waited().percentile(99));
      queues.add(
          new Queue(
              queues.size(),
              status.queue(),
              status.paused(),
              status.ready(),
              status.scheduled(),
              status.running(),
              status.failed(),
              status.oldestReadyMs(),
              load == null ? null : tell(load.waited().count(), load.waited().percentile(50)),
              wait,
              load == null ? null : tell(load.ran().count(), load.ran().percentile(50)),
              load == null ? null : tell(load.ran().count(), load.ran().percentile(99)),
              status.consumers()));
      ready += status.ready();
      running += status.running();
      failed += status.failed();
      worst = wait == null ? worst : worst == null ? wait : (Long) Math.max(worst, wait);
    }
    return new Overview(
        store, span, ready, running, failed, seen.perMinute(), worst, queues, Crew.of(seen, here));
  }

  private static @Nullable Long tell(long count, Duration span) {
    return count == 0 ? null : (Long) span.toMillis();
  }
}
