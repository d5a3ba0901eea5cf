package io.jobyard.store;

import java.util.Set;

/**
 * Asks for ready jobs of one queue, by priority, then by age.
 *
 * @param session who takes them
 * @param count at most so many
 * @param bytes at most so many bytes of payload in all, but always at least one job
 * @param kinds only these; empty means any
 */
public record LeaseRequest(
    Session session, String queue, int count, long bytes, Set<String> kinds) {
  public LeaseRequest {
    kinds = Set.copyOf(kinds);
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1, got " + count);
    }
  }
}
