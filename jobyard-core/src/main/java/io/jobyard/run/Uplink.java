package io.jobyard.run;

import io.jobyard.Progress;
import io.jobyard.SharedTable;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.Signal;
import io.jobyard.talk.Air;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** What running jobs ask of their node. Blocks for the answer; safe for use by many threads. */
public interface Uplink extends Air {
  /**
   * Pushes jobs under the lease of a running one.
   *
   * @throws io.jobyard.StaleLease if the lease is gone
   */
  List<UUID> push(LeaseKey parent, List<NewJob> jobs);

  /** See {@link io.jobyard.store.ProducerStore#find}. */
  List<JobView> find(Collection<UUID> ids);

  /** Says how far a run is; not kept beyond the run. */
  void progress(int ticket, LeaseKey run, Progress progress);

  /**
   * Sends a run's live message, in order and without waiting for anybody to hear it.
   *
   * @throws io.jobyard.StaleLease if it is known here that the lease is gone; where it is not, the
   *     message goes nowhere
   */
  void signal(int ticket, Signal message);

  /** Adds a line to a run's live log. */
  void log(int ticket, String line);

  /**
   * A table that the node's processes share.
   *
   * @throws IllegalArgumentException if there is none of that name; it says which there are
   */
  SharedTable table(String name);

  /** Says that a run waits for another job and lends its slot, or that it goes on. */
  void waiting(int ticket, boolean waits);
}
