package io.jobyard.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What operators ask of a store, through the command line and pages. */
public interface OperatorStore {
  /** Every queue that was ever pushed to, served or paused, by name. */
  List<QueueStatus> queues();

  /** The sessions that take jobs from this store. */
  List<NodeStatus> nodes();

  /**
   * Lists jobs, newest first: by the store's number, downwards. Jobs that come and go between two
   * pages neither repeat nor hide others.
   *
   * @param cursor the {@code next} of the page before; null for the first page
   * @param limit the page's size, 1 to 10,000
   * @throws IllegalArgumentException for another limit, or a cursor that no page gave
   */
  JobPage list(JobFilter filter, @Nullable String cursor, int limit);

  /**
   * Makes FAILED and CANCELLED jobs READY with fresh counts, in phase RUN, at their old place in
   * line; their history, log and fence stay.
   *
   * @param limit at most so many
   * @return how many
   */
  int retry(JobFilter filter, int limit);

  /**
   * Removes jobs that are not RUNNING and counts them as forgotten, no longer as what they were.
   *
   * @param limit at most so many
   * @return how many
   */
  int forget(JobFilter filter, int limit);

  /**
   * Takes waiting jobs over from another store as they are: counts, history, fence, settings,
   * priority and due time included; their line here follows the list's order. One whose id is here
   * already is left alone, so that a move that broke off can be repeated.
   *
   * @return how many were new
   * @throws io.jobyard.PushRefused if one is not READY or SCHEDULED, or its external id is taken;
   *     nothing of the list was stored
   */
  int adopt(List<JobView> jobs);

  /** Stops or resumes handing out a queue's jobs, for all nodes; running jobs go on. */
  void pause(String queue, boolean paused);

  /** What the store is and promises, for {@code doctor}. */
  StoreReport report();
}
