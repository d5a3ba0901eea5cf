package io.jobyard.store.contract;

import io.jobyard.JobState;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What one queue should hold: a map of jobs, searched from end to end. */
final class Model {
  final Map<UUID, ModelJob> jobs = new LinkedHashMap<>();
  boolean paused;
  private Duration now = Duration.ZERO;
  private int pushed;
  private int gone;
  private int forgotten;

  Duration now() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
    jobs.values().forEach(job -> job.timeIs(now));
  }

  UUID push(NewJob job) {
    for (ModelJob known : jobs.values()) {
      if (job.externalId() != null && job.externalId().equals(known.pushed.externalId())) {
        return known.pushed.id();
      }
    }
    jobs.put(job.id(), new ModelJob(job, pushed++, now));
    return job.id();
  }

  /** The jobs that the next lease must give, in this order. */
  List<ModelJob> next(LeaseRequest request) {
    int leased = leases().size();
    int count =
        request.limit() == 0
            ? request.count()
            : Math.clamp(request.limit() - leased, 0, request.count());
    Comparator<ModelJob> byAge = Comparator.comparingInt(job -> job.place);
    return paused
        ? List.of()
        : where(job ->
                job.state == JobState.READY
                    && (request.kinds().isEmpty() || request.kinds().contains(job.pushed.kind()))
                    && (request.slots() == null || request.slots().take(job.pushed.slot())))
            .stream()
            .sorted(
                Comparator.<ModelJob>comparingInt(job -> job.pushed.priority())
                    .thenComparing(request.order() == Order.FIFO ? byAge : byAge.reversed()))
            .limit(count)
            .toList();
  }

  /** A job that was forgotten comes back at the end of the line, and counts as another one. */
  void adopt(ModelJob job) {
    job.place = pushed++;
    jobs.put(job.pushed.id(), job);
  }

  CancelAnswer cancel(@Nullable ModelJob job) {
    if (job == null) {
      return CancelAnswer.UNKNOWN;
    }
    return switch (job.state) {
      case READY, SCHEDULED -> {
        job.become(JobState.CANCELLED);
        yield CancelAnswer.CANCELLED;
      }
      case RUNNING -> {
        job.cancelRequested = true;
        yield CancelAnswer.REQUESTED;
      }
      case SUCCEEDED, FAILED, CANCELLED -> CancelAnswer.FINISHED;
    };
  }

  int retry(JobState state) {
    List<ModelJob> ended =
        state == JobState.FAILED || state == JobState.CANCELLED
            ? where(job -> job.state == state)
            : List.of();
    ended.forEach(ModelJob::retried);
    return ended.size();
  }

  int forget(Set<UUID> ids) {
    List<ModelJob> some =
        where(job -> ids.contains(job.pushed.id()) && job.state != JobState.RUNNING);
    some.forEach(job -> jobs.remove(job.pushed.id()));
    forgotten += some.size();
    return some.size();
  }

  /** Removes the succeeded whose time is over; with a time of zero that is at once. */
  int purge() {
    List<ModelJob> over = where(job -> job.keptUntil != null && job.keptUntil.compareTo(now) <= 0);
    over.forEach(job -> jobs.remove(job.pushed.id()));
    gone += over.size();
    return over.size();
  }

  void removeIfNotKept(ModelJob job) {
    if (now.equals(job.keptUntil)) {
      jobs.remove(job.pushed.id());
      gone++;
    }
  }

  List<Lease> leases() {
    return jobs.values().stream().map(job -> job.lease).filter(Objects::nonNull).toList();
  }

  List<ModelJob> where(Predicate<ModelJob> which) {
    return new ArrayList<>(jobs.values().stream().filter(which).toList());
  }

  /** The seven counts in the order of a QueueStatus. */
  List<Long> counts() {
    return List.of(
        count(JobState.READY),
        count(JobState.SCHEDULED),
        count(JobState.RUNNING),
        count(JobState.SUCCEEDED) + gone,
        count(JobState.FAILED),
        count(JobState.CANCELLED),
        (long) forgotten);
  }

  long pushed() {
    return pushed;
  }

  private long count(JobState state) {
    return where(job -> job.state == state).size();
  }
}
