package io.jobyard.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What applications ask of a store. */
public interface ProducerStore {
  /**
   * Stores jobs durably, all or none, and wakes the nodes that serve their queues.
   *
   * @return the ids in the same order; where a job with the same external id exists already, that
   *     job's id, and nothing is stored for it
   * @throws io.jobyard.PushRefused for a payload above {@link JobStore#MAX_PAYLOAD}
   */
  List<UUID> push(List<NewJob> jobs);

  /**
   * As {@link #push(List)}, if and only if the lease still holds.
   *
   * @throws io.jobyard.StaleLease if it does not; nothing was stored
   */
  List<UUID> push(List<NewJob> jobs, LeaseKey parent);

  /** The jobs with these ids, in no special order; ids that are not in the store are left out. */
  List<JobView> find(Collection<UUID> ids);

  /** Asks for jobs to be cancelled: waiting ones end at once, running ones are flagged. */
  Map<UUID, CancelAnswer> cancel(Collection<UUID> ids);

  /**
   * Calls the listener, on a thread of the store, whenever another process or this one pushed or
   * asked for a cancel. A notification may be late, doubled or lost: it only saves polling.
   */
  Subscription listen(StoreListener listener);

  /** Ends a subscription; twice is harmless. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
