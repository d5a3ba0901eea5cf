package io.jobyard.store;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The worker slots of a queue on one node, and which of them have room. A job pinned to slot n
 * belongs to slot n modulo {@code processes}; a lease leaves it where that one has no room. Jobs
 * that are not pinned go to any.
 *
 * @param processes how many there are, at least 1
 * @param free those with room, each from 0 to {@code processes - 1}
 */
public record Slots(int processes, Set<Integer> free) {
  public Slots {
    free = Set.copyOf(free);
    if (processes < 1) {
      throw new IllegalArgumentException("processes must be at least 1, got " + processes);
    }
  }

  /** Whether a job pinned to this slot can be taken; one that is not pinned always can. */
  public boolean take(@Nullable Integer slot) {
    return slot == null || free.contains(Math.floorMod(slot, processes));
  }
}
