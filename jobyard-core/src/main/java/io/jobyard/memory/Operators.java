package io.jobyard.memory;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobView;
import io.jobyard.store.Limits;
import io.jobyard.store.NodeStatus;
import io.jobyard.store.QueueStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What operators ask, and the tidying up; each method one step of {@link Memory}. */
final class Operators {
  private static final int MAX_PAGE = 10_000;

  private final Memory memory;

  Operators(Memory memory) {
    this.memory = memory;
  }

  List<QueueStatus> queues() {
    return memory.ledger.lines().entrySet().stream()
        .map(entry ->
            entry
                .getValue()
                .status(entry.getKey(), memory.sessions.consumers(entry.getKey()), memory.now()))
        .toList();
  }

  List<NodeStatus> nodes() {
    return memory.sessions.statuses();
  }

  JobPage list(JobFilter filter, @Nullable String cursor, int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException(
          "a page's limit must be 1 to " + MAX_PAGE + ", got " + limit);
    }
    List<JobView> jobs =
        memory.ledger.bySeq().headMap(Cursor.seq(cursor), false).descendingMap().values().stream()
            .filter(Selection.of(filter))
            .limit(limit + 1L)
            .map(StoredJob::view)
            .toList();
    return jobs.size() <= limit
        ? new JobPage(jobs, null)
        : new JobPage(jobs.subList(0, limit), Cursor.after(jobs.get(limit - 1)));
  }

  int retry(JobFilter filter, int limit) {
    return each(
        Selection.of(filter)
            .and(job ->
                switch (job.state()) {
                  case FAILED, CANCELLED -> true;
                  case READY, SCHEDULED, RUNNING, SUCCEEDED -> false;
                }),
        limit,
        job -> {
          memory.ledger.change(job, ended -> ended.retry(memory.now()));
          memory.wakes.ready(job.job().queue());
        });
  }

  int forget(JobFilter filter, int limit) {
    return each(
        Selection.of(filter).and(job -> job.state() != JobState.RUNNING),
        limit,
        memory.ledger::forget);
  }

  int purge(int limit) {
    return each(job -> job.isOverdue(memory.now()), limit, memory.ledger::drop);
  }

  int adopt(List<JobView> jobs) {
    Limits.checkAdoption(jobs);
    Map<String, UUID> named = new HashMap<>();
    for (JobView job : jobs) {
      if (job.externalId() == null) {
        continue;
      }
      StoredJob owner = memory.ledger.named(job.externalId());
      UUID id = owner == null ? named.putIfAbsent(job.externalId(), job.id()) : owner.job().id();
      if (id != null && !id.equals(job.id())) {
        throw Limits.externalIdTaken(job, id);
      }
    }
    jobs.forEach(job -> memory.wakes.ready(job.queue()));
    return Math.toIntExact(
        jobs.stream().filter(job -> memory.ledger.adopt(job, memory.now())).count());
  }

  private int each(Predicate<StoredJob> which, int limit, Consumer<StoredJob> action) {
    List<StoredJob> jobs =
        memory.ledger.bySeq().values().stream().filter(which).limit(limit).toList();
    jobs.forEach(action);
    return jobs.size();
  }

  void pause(String queue, boolean paused) {
    memory.ledger.line(queue).pause(paused);
    if (!paused) {
      memory.wakes.ready(queue);
    }
  }
}
