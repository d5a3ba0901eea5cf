package io.jobyard.memory;

import io.jobyard.JobState;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.QueueStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One queue: its jobs in the order they go, and its counts. Guarded by {@link Memory}'s lock. */
final class Line {
  private final NavigableSet<StoredJob> ready = new TreeSet<>(StoredJob.BY_TURN);
  private final NavigableSet<StoredJob> scheduled = new TreeSet<>(StoredJob.BY_TIME);
  private final NavigableSet<StoredJob> running = new TreeSet<>(StoredJob.BY_AGE);
  private final Map<JobState, Long> counts = new EnumMap<>(JobState.class);
  private long forgotten;
  private boolean paused;

  void add(StoredJob job) {
    counts.merge(job.state(), 1L, Long::sum);
    switch (job.state()) {
      case READY -> ready.add(job);
      case SCHEDULED -> scheduled.add(job);
      case RUNNING -> running.add(job);
      case SUCCEEDED, FAILED, CANCELLED -> {}
    }
  }

  /** Changes a job and puts it where it belongs then. */
  void change(StoredJob job, Consumer<StoredJob> change) {
    takeOut(job);
    change.accept(job);
    add(job);
  }

  void forget(StoredJob job) {
    takeOut(job);
    forgotten++;
  }

  private void takeOut(StoredJob job) {
    counts.merge(job.state(), -1L, Long::sum);
    ready.remove(job);
    scheduled.remove(job);
    running.remove(job);
  }

  /** Makes READY what is due. */
  void advance(Instant now) {
    while (!scheduled.isEmpty() && !scheduled.first().runAt().isAfter(now)) {
      change(scheduled.first(), StoredJob::becomeReady);
    }
  }

  /** The jobs to hand out, in their order; they are still READY. */
  List<StoredJob> next(LeaseRequest request) {
    List<StoredJob> next = new ArrayList<>();
    long bytes = 0;
    for (StoredJob job : ready) {
      if (!request.kinds().isEmpty() && !request.kinds().contains(job.job().kind())) {
        continue;
      }
      bytes += job.job().payload().bytes().length;
      if (next.size() == request.count() || (!next.isEmpty() && bytes > request.bytes())) {
        break;
      }
      next.add(job);
    }
    return next;
  }

  @Nullable Duration nextDue(Instant now) {
    return scheduled.isEmpty() ? null : Duration.between(now, scheduled.first().runAt());
  }

  Iterable<StoredJob> running() {
    return running;
  }

  boolean isPaused() {
    return paused;
  }

  void pause(boolean pause) {
    paused = pause;
  }

  QueueStatus status(String queue, int consumers, Instant now) {
    return new QueueStatus(
        queue,
        paused,
        consumers,
        count(JobState.READY),
        count(JobState.SCHEDULED),
        count(JobState.RUNNING),
        count(JobState.SUCCEEDED),
        count(JobState.FAILED),
        count(JobState.CANCELLED),
        forgotten,
        oldestReady(now));
  }

  private long count(JobState state) {
    return counts.getOrDefault(state, 0L);
  }

  private @Nullable Long oldestReady(Instant now) {
    return ready.stream()
        .map(job -> Duration.between(job.runAt(), now).toMillis())
        .max(Long::compare)
        .orElse(null);
  }
}
