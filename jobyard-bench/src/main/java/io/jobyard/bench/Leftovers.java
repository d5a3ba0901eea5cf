package io.jobyard.bench;

import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;

/** Jobs that a measure leaves behind must not stand in the way of the next. */
final class Leftovers {
  private static final int BATCH = 10_000;

  private Leftovers() {}

  static void clear(JobStore store, String queue) {
    while (store.forget(JobFilter.of(queue), BATCH) == BATCH) {
      Thread.onSpinWait();
    }
  }
}
