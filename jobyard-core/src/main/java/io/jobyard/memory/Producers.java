package io.jobyard.memory;

import io.jobyard.JobState;
import io.jobyard.StaleLease;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What applications ask, each method one step of {@link Memory}. */
final class Producers {
  private final Memory memory;

  Producers(Memory memory) {
    this.memory = memory;
  }

  List<UUID> push(List<NewJob> jobs) {
    Limits.check(jobs);
    return memory.store(jobs);
  }

  List<UUID> push(List<NewJob> jobs, LeaseKey parent) {
    if (memory.ledger.held(parent) == null) {
      throw new StaleLease(
          "job "
              + parent.id()
              + " lost its lease (fence "
              + parent.fence()
              + "), so its push was refused; end this run, another one has taken over");
    }
    return push(jobs);
  }

  List<JobView> find(Collection<UUID> ids) {
    return ids.stream()
        .distinct()
        .map(memory.ledger::get)
        .filter(Objects::nonNull)
        .map(StoredJob::view)
        .toList();
  }

  Map<UUID, CancelAnswer> cancel(Collection<UUID> ids) {
    Map<UUID, CancelAnswer> answers = new HashMap<>();
    ids.forEach(id -> answers.computeIfAbsent(id, key -> cancel(memory.ledger.get(key))));
    return answers;
  }

  private CancelAnswer cancel(@Nullable StoredJob job) {
    if (job == null) {
      return CancelAnswer.UNKNOWN;
    }
    return switch (job.state()) {
      case READY, SCHEDULED -> {
        memory.ledger.change(job, waiting -> waiting.end(JobState.CANCELLED, memory.now()));
        memory.wakes.finished();
        yield CancelAnswer.CANCELLED;
      }
      case RUNNING -> {
        job.requestCancel();
        memory.wakes.cancelRequested();
        yield CancelAnswer.REQUESTED;
      }
      case SUCCEEDED, FAILED, CANCELLED -> CancelAnswer.FINISHED;
    };
  }
}
