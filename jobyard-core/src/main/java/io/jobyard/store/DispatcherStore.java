package io.jobyard.store;

import java.util.List;
import java.util.Set;

/** What a node asks of a store while it works. */
public interface DispatcherStore {
  /** Begins a session, listed as a consumer of its queues until it leaves or is expired. */
  Session join(NodeInfo node);

  /**
   * Takes jobs. A paused queue gives none, nor does any to a session that has been ended; both say
   * nothing of what is due. Each lease has a fence one above the job's last.
   */
  Leased lease(LeaseRequest request);

  /**
   * How many jobs of the queue are READY, counted no further than {@code atMost}, so that it costs
   * little however long the line is. A paused queue's count too.
   */
  int backlog(String queue, int atMost);

  /**
   * Writes what became of leased jobs, all in one step and in the order of the list. A settlement
   * whose lease is stale changes nothing, its follow-up pushes included, and does not hinder the
   * others. The key alone decides, whoever shows it: an orphan's settles until it was used. Of two
   * for the same lease the first counts and the second is stale, unless the first was a {@link
   * Settlement.Stay}.
   *
   * @return the keys of the stale ones
   * @throws io.jobyard.PushRefused for a result or a follow-up push beyond {@link Limits}; nothing
   *     of the list was written
   */
  Set<LeaseKey> settle(List<Settlement> settlements);

  /**
   * Renews every lease of the session.
   *
   * @return false if the session has been ended: none of its leases holds any more
   */
  boolean beat(Session session);

  /** Those leases of the living session whose job somebody asked to cancel. */
  Set<LeaseKey> cancelRequested(Session session);

  /** Every lease the living session holds, so that one whose answer was lost can be given back. */
  List<Standing> held(Session session);

  /** Ends the session; leases it still holds become orphans at once. Twice is harmless. */
  void leave(Session session);
}
