package io.jobyard.memory;

import io.jobyard.JobState;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.Order;
import io.jobyard.store.QueueStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One queue: its jobs in the order they go, and its counts. Guarded by {@link Memory}'s lock. */
final class Line {
  private final Turns ready = new Turns();
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
  List<StoredJob> next(LeaseRequest request, int count) {
    List<StoredJob> next = new ArrayList<>();
    long bytes = 0;
    Iterator<StoredJob> fitting =
        ready.in(request.order()).filter(job -> fits(job.job(), request)).iterator();
    while (next.size() < count && fitting.hasNext()) {
      StoredJob job = fitting.next();
      bytes += job.job().payload().bytes().length;
      if (!next.isEmpty() && bytes > request.bytes()) {
        break;
      }
      next.add(job);
    }
    return next;
  }

  private static boolean fits(NewJob job, LeaseRequest request) {
    return (request.kinds().isEmpty() || request.kinds().contains(job.kind()))
        && (request.slots() == null || request.slots().take(job.slot()));
  }

  int ready() {
    return Math.toIntExact(count(JobState.READY));
  }

  @Nullable Duration nextDue(Instant now) {
    return scheduled.isEmpty() ? null : Duration.between(now, scheduled.first().runAt());
  }

  Stream<StoredJob> running() {
    return running.stream();
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
    return ready
        .in(Order.FIFO)
        .map(job -> Duration.between(job.runAt(), now).toMillis())
        .max(Long::compare)
        .orElse(null);
  }
}
