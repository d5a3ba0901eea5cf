package io.jobyard.config;

import io.jobyard.run.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Queues that share one set of worker processes; mostly just one.
 *
 * @param name the queue's, or the pool's that several name
 * @param queues at least one; what concerns their processes is the same in all of them
 */
public record Pool(String name, List<QueueConfig> queues) {
  public Pool {
    queues = List.copyOf(queues);
    QueueConfig first = queues.getFirst();
    for (QueueConfig other : queues) {
      agree(name, "processes", first, other, first.range(), other.range());
      agree(name, "threads", first, other, first.threads(), other.threads());
      agree(name, "memory", first, other, first.memory(), other.memory());
      agree(name, "kill-grace", first, other, first.killGrace(), other.killGrace());
      agree(name, "mode", first, other, first.staffing().mode(), other.staffing().mode());
      agree(
          name,
          "deliver",
          first,
          other,
          Optional.ofNullable(first.delivery()),
          Optional.ofNullable(other.delivery()));
      agree(
          name,
          "rss, max-jobs, max-age and heap-dump",
          first,
          other,
          first.staffing(),
          other.staffing());
    }
  }

  private static void agree(
      String pool, String key, QueueConfig first, QueueConfig other, Object ours, Object theirs) {
    if (!ours.equals(theirs)) {
      throw new ConfigInvalid(
          List.of(
              "queues.%s.%s must be the same as that of queue %s, with which it shares the processes of pool %s, got %s and %s"
                  .formatted(other.name(), key, first.name(), pool, theirs, ours)));
    }
  }

  /** A queue with processes of its own. */
  public static Pool of(QueueConfig queue) {
    return new Pool(queue.name(), List.of(queue));
  }

  /** These of the configuration's queues, as they share processes. */
  public static List<Pool> of(Config config, Collection<String> queues) {
    return among(queues.stream().map(config::queue).toList());
  }

  static List<Pool> among(Collection<QueueConfig> queues) {
    Map<String, List<QueueConfig>> members = new TreeMap<>();
    for (QueueConfig queue : queues) {
      String pool = queue.staffing().pool();
      // A pool may be called like a queue that is not in it.
      String key = pool == null ? "queue " + queue.name() : "pool " + pool;
      members.computeIfAbsent(key, k -> new ArrayList<>()).add(queue);
    }
    return members.values().stream().map(Pool::of).toList();
  }

  private static Pool of(List<QueueConfig> members) {
    List<QueueConfig> sorted =
        members.stream().sorted(Comparator.comparing(QueueConfig::name)).toList();
    QueueConfig first = sorted.getFirst();
    String pool = first.staffing().pool();
    return new Pool(pool == null ? first.name() : pool, sorted);
  }

  /** What decides about the outcomes of this queue's jobs. */
  public Policy policy(String queue) {
    return queue(queue).policy();
  }

  /** The settings of one of its queues. */
  public QueueConfig queue(String queue) {
    for (QueueConfig each : queues) {
      if (each.name().equals(queue)) {
        return each;
      }
    }
    throw new IllegalArgumentException("queue " + queue + " is not in pool " + name);
  }

  /** Whether a queue of it has a limit over all nodes. */
  public boolean limited() {
    return queues.stream().anyMatch(queue -> queue.limit() > 0);
  }

  public boolean grabs() {
    return queues.getFirst().grabs();
  }

  public int threads() {
    return queues.getFirst().threads();
  }

  public long memory() {
    return queues.getFirst().memory();
  }

  public Duration killGrace() {
    return queues.getFirst().killGrace();
  }

  /** Where all its jobs go; null where they are run here. */
  public @Nullable Delivery delivery() {
    return queues.getFirst().delivery();
  }

  public Staffing staffing() {
    return queues.getFirst().staffing();
  }

  public Processes range() {
    return queues.getFirst().range();
  }

  public int slots() {
    return queues.getFirst().slots();
  }
}
