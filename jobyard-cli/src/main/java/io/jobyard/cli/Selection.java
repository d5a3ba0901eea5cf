package io.jobyard.cli;

import io.jobyard.JobState;
import io.jobyard.JobyardException;
import io.jobyard.store.JobFilter;
import io.jobyard.store.OperatorStore;
import io.jobyard.store.QueueStatus;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which jobs a command is about: ids, or the jobs of one or all queues. */
final class Selection {
  @Parameters(paramLabel = "ID", description = "These jobs.")
  private List<UUID> ids = List.of();

  @Option(names = "--queue", paramLabel = "QUEUE", description = "The jobs of this queue.")
  private @Nullable String queue;

  @Option(names = "--all", description = "The jobs of every queue.")
  private boolean all;

  @Option(names = "--kind", paramLabel = "KIND", description = "Only jobs of this kind.")
  private @Nullable String kind;

  @Option(
      names = "--state",
      split = ",",
      paramLabel = "STATE",
      description = "Only jobs in this state; may be given several times.")
  private Set<JobState> states = Set.of();

  /** Whether jobs are meant that were not named one by one. */
  boolean many() {
    return ids.isEmpty();
  }

  /**
   * The filter.
   *
   * @param usual the states that are meant where neither ids nor states are given
   * @param possible the states this command can do something about
   */
  JobFilter filter(Set<JobState> usual, Set<JobState> possible) {
    int ways = (ids.isEmpty() ? 0 : 1) + (queue == null ? 0 : 1) + (all ? 1 : 0);
    if (ways != 1) {
      throw new WrongUse("name jobs by ID, or say --queue QUEUE, or --all");
    }
    for (JobState state : states) {
      if (!possible.contains(state)) {
        throw new WrongUse("--state must be one of " + possible + ", got " + state);
      }
    }
    Set<JobState> chosen =
        states.isEmpty() ? ids.isEmpty() ? usual : possible : EnumSet.copyOf(states);
    return new JobFilter(new LinkedHashSet<>(ids), queue, chosen, kind);
  }

  /**
   * At most how many jobs the filter can mean now, so that jobs that come back are not met twice.
   */
  static long bound(OperatorStore store, JobFilter filter) {
    if (!filter.ids().isEmpty()) {
      return filter.ids().size();
    }
    long bound = 0;
    for (QueueStatus status : store.queues()) {
      if (filter.queue() == null || filter.queue().equals(status.queue())) {
        for (JobState state : filter.states()) {
          bound += count(status, state);
        }
      }
    }
    return bound;
  }

  private static long count(QueueStatus status, JobState state) {
    return switch (state) {
      case READY -> status.ready();
      case SCHEDULED -> status.scheduled();
      case RUNNING -> status.running();
      case SUCCEEDED -> status.succeeded();
      case FAILED -> status.failed();
      case CANCELLED -> status.cancelled();
    };
  }

  /** Says that jobs named by id were not all there to be changed. */
  void requireAll(int done, String verb, String condition) {
    if (!ids.isEmpty() && done < ids.size()) {
      throw new JobyardException(
          "%s %d of %d jobs; the others are not in the store or not %s"
              .formatted(verb, done, ids.size(), condition));
    }
  }
}
