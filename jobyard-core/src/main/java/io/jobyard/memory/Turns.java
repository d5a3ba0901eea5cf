package io.jobyard.memory;

import io.jobyard.store.Order;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The READY jobs of one queue by priority, then by age. Guarded by {@link Memory}'s lock. */
final class Turns {
  private final TreeMap<Integer, NavigableSet<StoredJob>> byPriority = new TreeMap<>();

  void add(StoredJob job) {
    byPriority
        .computeIfAbsent(job.job().priority(), priority -> new TreeSet<>(StoredJob.BY_AGE))
        .add(job);
  }

  void remove(StoredJob job) {
    byPriority.computeIfPresent(
        job.job().priority(),
        (priority, jobs) -> {
          jobs.remove(job);
          return jobs.isEmpty() ? null : jobs;
        });
  }

  /** All of them, in the order in which they go. */
  Stream<StoredJob> in(Order order) {
    return byPriority.values().stream()
        .flatMap(jobs ->
            switch (order) {
              case FIFO -> jobs.stream();
              case LIFO -> jobs.descendingSet().stream();
            });
  }
}
