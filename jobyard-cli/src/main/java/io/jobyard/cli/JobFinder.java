package io.jobyard.cli;

import io.jobyard.JobyardException;
import io.jobyard.store.JobView;
import io.jobyard.store.ProducerStore;
import java.util.List;
import java.util.UUID;

/** Looks single jobs up. */
final class JobFinder {
  private JobFinder() {}

  static JobView find(ProducerStore store, UUID id) {
    List<JobView> found = store.find(List.of(id));
    if (found.isEmpty()) {
      throw new JobyardException(
          "job "
              + id
              + " is not in the store: it succeeded and was removed, was forgotten, or never"
              + " existed");
    }
    return found.getFirst();
  }
}
