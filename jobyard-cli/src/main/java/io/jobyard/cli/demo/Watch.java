package io.jobyard.cli.demo;

import io.jobyard.store.OperatorStore;
import io.jobyard.store.QueueStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Waits until queues are empty, by the store's own figures, and notes when each was. */
final class Watch {
  private static final Duration LOOK = Duration.ofMillis(50);

  /** Once nothing has moved for so long, nothing will. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final OperatorStore store;
  private final Set<String> queues;
  private final Map<String, Long> emptyAt = new HashMap<>();

  Watch(OperatorStore store, Set<String> queues) {
    this.store = store;
    this.queues = queues;
  }

  /** Returns when all jobs have ended, or when they seem stuck; that shows in the figures. */
  void untilEmpty(Progress progress) throws InterruptedException {
    List<QueueStatus> before = List.of();
    long movedAt = System.nanoTime();
    while (emptyAt.size() < queues.size()) {
      List<QueueStatus> now =
          store.queues().stream().filter(status -> queues.contains(status.queue())).toList();
      now.stream().filter(status -> live(status) == 0).forEach(this::note);
      progress.at(
          now.stream().mapToLong(Watch::ended).sum(),
          now.stream().mapToLong(status -> ended(status) + live(status)).sum());
      if (!counts(now).equals(counts(before))) {
        before = now;
        movedAt = System.nanoTime();
      } else if (System.nanoTime() - movedAt > PATIENCE.toNanos()) {
        return;
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
  }

  /** When the last of these queues was seen empty, as {@link System#nanoTime} counts. */
  long emptyAt(String... names) {
    long latest = Long.MIN_VALUE;
    for (String name : names) {
      latest = Math.max(latest, emptyAt.getOrDefault(name, System.nanoTime()));
    }
    return latest;
  }

  static long ended(QueueStatus status) {
    return status.succeeded() + status.failed() + status.cancelled() + status.forgotten();
  }

  private static long live(QueueStatus status) {
    return status.ready() + status.scheduled() + status.running();
  }

  private static List<List<Long>> counts(List<QueueStatus> statuses) {
    return statuses.stream()
        .map(status -> List.of(status.ready(), status.scheduled(), status.running(), ended(status)))
        .toList();
  }

  private void note(QueueStatus status) {
    emptyAt.putIfAbsent(status.queue(), System.nanoTime());
  }
}
