package io.jobyard.cli.demo;

import io.jobyard.JobState;
import io.jobyard.cli.demo.KindResult.Reason;
import io.jobyard.store.JobView;
import io.jobyard.store.ProducerStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * How jobs ended, looked up one by one. A job that is not in the store any more succeeded.
 *
 * @param open ids of those that have not ended
 */
record Ends(Set<UUID> succeeded, Map<UUID, Reason> failed, Set<UUID> open) {
  private static final int AT_ONCE = 500;

  static Ends of(List<UUID> ids, ProducerStore store) {
    Set<UUID> succeeded = new HashSet<>(ids);
    Map<UUID, Reason> failed = new HashMap<>();
    Set<UUID> open = new HashSet<>();
    for (int from = 0; from < ids.size(); from += AT_ONCE) {
      List<UUID> some = ids.subList(from, Math.min(ids.size(), from + AT_ONCE));
      for (JobView job : store.find(some)) {
        if (!job.state().finished()) {
          open.add(job.id());
        } else if (job.state() != JobState.SUCCEEDED) {
          failed.put(job.id(), reason(job));
        }
      }
    }
    succeeded.removeAll(failed.keySet());
    succeeded.removeAll(open);
    return new Ends(succeeded, failed, open);
  }

  /** How many failed in which way. */
  Map<Reason, Long> failures() {
    Map<Reason, Long> failures = new HashMap<>();
    failed.values().forEach(reason -> failures.merge(reason, 1L, Long::sum));
    return failures;
  }

  private static Reason reason(JobView job) {
    return job.errors().isEmpty()
        ? new Reason(job.state().name(), "")
        : Reason.of(job.errors().getLast());
  }
}
