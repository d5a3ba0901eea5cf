package io.jobyard.store;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks for ready jobs of one queue, by priority, then by age as the order says.
 *
 * @param session who takes them
 * @param count at most so many
 * @param bytes at most so many bytes of payload in all, but always at least one job
 * @param kinds only these; empty means any
 * @param order which of equal priority goes first
 * @param limit the queue's jobs that may be leased at once, over all living sessions, these
 *     included; 0 is no limit. Exact however many ask at the same moment. Whoever waits at a limit
 *     asks again when told of {@link StoreListener#finished()} or of the queue being ready
 * @param slots which worker slots have room, for jobs pinned to one; null means that all have
 */
public record LeaseRequest(
    Session session,
    String queue,
    int count,
    long bytes,
    Set<String> kinds,
    Order order,
    int limit,
    @Nullable Slots slots) {
  public LeaseRequest {
    kinds = Set.copyOf(kinds);
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1, got " + count);
    }
    if (limit < 0) {
      throw new IllegalArgumentException("limit must be at least 0, got " + limit);
    }
  }

  /** The oldest jobs of any slot, with no limit over the nodes. */
  public LeaseRequest(Session session, String queue, int count, long bytes, Set<String> kinds) {
    this(session, queue, count, bytes, kinds, Order.FIFO, 0, null);
  }
}
