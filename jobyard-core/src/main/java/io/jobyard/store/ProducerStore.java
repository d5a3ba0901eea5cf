package io.jobyard.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What applications ask of a store. */
public interface ProducerStore {
  /**
   * Stores jobs durably, all or none, and wakes the nodes that serve their queues. Their numbers
   * grow in the order of the list.
   *
   * <p>A job whose id is in the store is not stored again, so that a push whose answer was lost can
   * be repeated. An external id is taken while its job is in the store, in whatever state: within
   * one list the first has it, and once the job was removed (it succeeded, was forgotten or purged)
   * it is free again.
   *
   * @return the ids in the same order; where a job with the same external id exists already, that
   *     job's id, and nothing is stored for it
   * @throws io.jobyard.PushRefused for what is beyond {@link Limits}; nothing of the list was
   *     stored
   */
  List<UUID> push(List<NewJob> jobs);

  /**
   * As {@link #push(List)}, if and only if the lease still holds.
   *
   * @throws io.jobyard.StaleLease if it does not; nothing was stored
   */
  List<UUID> push(List<NewJob> jobs, LeaseKey parent);

  /**
   * The jobs with these ids, each once and in no special order; ids that are not in the store are
   * left out.
   */
  List<JobView> find(Collection<UUID> ids);

  /**
   * Asks for jobs to be cancelled: waiting ones end at once, running ones are flagged until their
   * lease is given up.
   *
   * @return an answer for every id
   */
  Map<UUID, CancelAnswer> cancel(Collection<UUID> ids);

  /**
   * Calls the listener, on a thread of the store, whenever another process or this one pushed
   * (delayed jobs too), retried, resumed a queue, asked for a cancel, or ended a job or a session.
   * A notification may be late, doubled or lost: it only saves polling. A listener that throws
   * hinders no other.
   */
  Subscription listen(StoreListener listener);

  /** Ends a subscription; twice is harmless. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
