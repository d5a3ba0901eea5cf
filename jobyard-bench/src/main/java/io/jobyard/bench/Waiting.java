package io.jobyard.bench;

import io.jobyard.JobyardException;
import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import io.jobyard.store.QueueStatus;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** Waits for jobs to be done, looking so rarely and so cheaply that it does not slow them down. */
final class Waiting {
  private static final long LOOK_NANOS = Duration.ofMillis(5).toNanos();
  private static final long LONGEST_NANOS = Duration.ofMinutes(5).toNanos();

  private final JobStore store;
  private final BenchNode node;

  Waiting(JobStore store, BenchNode node) {
    this.store = store;
    this.node = node;
  }

  /** Pushes one job and waits until it was run: the node is up, and its workers too. */
  void warm(String queue) {
    NewJob job = Batches.one(queue);
    store.push(List.of(job));
    untilGone(job.id());
  }

  /** How many jobs of the queue have succeeded so far. */
  long succeeded(String queue) {
    return status(queue).succeeded();
  }

  /**
   * Until so many jobs of the queue have succeeded.
   *
   * @param last pushed last, to be looked for before all are counted, which costs more
   */
  void untilSucceeded(String queue, long jobs, UUID last) {
    long failed = status(queue).failed();
    untilGone(last);
    long end = System.nanoTime() + LONGEST_NANOS;
    QueueStatus status = status(queue);
    while (status.succeeded() < jobs) {
      if (status.failed() > failed) {
        throw new JobyardException("some of the benchmark's jobs failed, so it says nothing");
      }
      pause(end);
      status = status(queue);
    }
  }

  private void untilGone(UUID job) {
    long end = System.nanoTime() + LONGEST_NANOS;
    while (!store.find(List.of(job)).isEmpty()) {
      pause(end);
    }
  }

  private QueueStatus status(String queue) {
    return store.queues().stream()
        .filter(status -> status.queue().equals(queue))
        .findFirst()
        .orElseThrow();
  }

  private void pause(long end) {
    node.check();
    if (System.nanoTime() - end > 0) {
      throw new JobyardException("the benchmark's jobs were not done after five minutes");
    }
    LockSupport.parkNanos(LOOK_NANOS);
  }
}
