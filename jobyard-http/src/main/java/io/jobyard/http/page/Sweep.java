package io.jobyard.http.page;

import io.jobyard.JobState;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Finds the jobs that are meant, and deals with them, in small steps: none holds the store up, and
 * what is too much for one click is left for the next.
 */
final class Sweep {
  static final int MOST = 10_000;
  private static final int STEP = 500;
  private static final Duration A_LOOK = Duration.ofMillis(100);
  private static final Duration A_DEED = Duration.ofSeconds(8);

  private final JobStore store;

  /** What can be done, with the states that a job must be in for it. */
  enum Deed {
    RETRY,
    CANCEL,
    FORGET;

    Set<JobState> states() {
      return switch (this) {
        case RETRY -> Set.of(JobState.FAILED, JobState.CANCELLED);
        case CANCEL -> Set.of(JobState.READY, JobState.SCHEDULED, JobState.RUNNING);
        case FORGET ->
            Set.of(
                JobState.READY,
                JobState.SCHEDULED,
                JobState.SUCCEEDED,
                JobState.FAILED,
                JobState.CANCELLED);
      };
    }
  }

  /**
   * How many jobs.
   *
   * @param more whether there are others
   */
  record Came(int jobs, boolean more) {}

  Sweep(JobStore store) {
    this.store = store;
  }

  /** How many are meant, as far as a short look can tell. */
  Came count(Deed deed, JobFilter filter, Predicate<JobView> meant) {
    List<UUID> ids = new ArrayList<>();
    boolean more = find(deed, filter, meant, A_LOOK, ids);
    return new Came(ids.size(), more);
  }

  /** Deals with at most {@link #MOST}. */
  Came run(Deed deed, JobFilter filter, Predicate<JobView> meant) {
    // The ids are taken down first, so that jobs that come back are not met twice.
    List<UUID> ids = new ArrayList<>();
    boolean more = find(deed, filter, meant, A_DEED, ids);
    int done = 0;
    for (int from = 0; from < ids.size(); from += STEP) {
      List<UUID> some = ids.subList(from, Math.min(from + STEP, ids.size()));
      done +=
          switch (deed) {
            case RETRY -> store.retry(JobFilter.ids(new HashSet<>(some)), some.size());
            case FORGET -> store.forget(JobFilter.ids(new HashSet<>(some)), some.size());
            case CANCEL ->
                (int)
                    store.cancel(some).values().stream()
                        .filter(a -> a == CancelAnswer.CANCELLED || a == CancelAnswer.REQUESTED)
                        .count();
          };
    }
    return new Came(done, more);
  }

  private boolean find(
      Deed deed, JobFilter filter, Predicate<JobView> meant, Duration most, List<UUID> ids) {
    Set<JobState> states = new HashSet<>(deed.states());
    if (!filter.states().isEmpty()) {
      states.retainAll(filter.states());
    }
    if (states.isEmpty()) {
      return false;
    }
    JobFilter narrowed = new JobFilter(filter.ids(), filter.queue(), states, filter.kind());
    long end = System.nanoTime() + most.toNanos();
    String next = null;
    do {
      JobPage page = store.list(narrowed, next, STEP);
      for (JobView job : page.jobs()) {
        if (ids.size() == MOST) {
          return true;
        }
        if (meant.test(job)) {
          ids.add(job.id());
        }
      }
      next = page.next();
    } while (next != null && System.nanoTime() - end < 0);
    return next != null;
  }
}
