package io.jobyard.store;

import io.jobyard.JobState;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs; all conditions must hold. One with none selects every job of the store.
 *
 * @param ids empty means any
 * @param queue null means any
 * @param states empty means any
 * @param kind null means any
 */
public record JobFilter(
    Set<UUID> ids, @Nullable String queue, Set<JobState> states, @Nullable String kind) {
  public JobFilter {
    ids = Set.copyOf(ids);
    states = Set.copyOf(states);
  }

  public static JobFilter ids(Set<UUID> ids) {
    return new JobFilter(ids, null, Set.of(), null);
  }

  public static JobFilter of(@Nullable String queue, JobState... states) {
    return new JobFilter(Set.of(), queue, Set.of(states), null);
  }
}
