package io.jobyard.memory;

import io.jobyard.store.JobFilter;
import java.util.function.Predicate;

/** A {@link JobFilter} as a question to one job. */
final class Selection {
  private Selection() {}

  static Predicate<StoredJob> of(JobFilter filter) {
    return job ->
        (filter.ids().isEmpty() || filter.ids().contains(job.job().id()))
            && (filter.queue() == null || filter.queue().equals(job.job().queue()))
            && (filter.states().isEmpty() || filter.states().contains(job.state()))
            && (filter.kind() == null || filter.kind().equals(job.job().kind()));
  }
}
