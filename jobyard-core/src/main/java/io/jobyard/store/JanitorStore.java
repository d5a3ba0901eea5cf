package io.jobyard.store;

import java.time.Duration;
import java.util.List;

/** What keeps a store tidy; called by every node now and then, safe from several at once. */
public interface JanitorStore {
  /**
   * Ends every session that has not beaten for so long, and says which leases belong to no living
   * session. They stay leased until each is settled under its key.
   *
   * <p>Where the store's clock is the machine's own, a session counts as silent only after this
   * object has watched it stand still for that long on the monotonic clock: call it regularly.
   *
   * @param limit at most so many leases
   */
  List<Standing> orphans(Duration lease, int limit);

  /**
   * Removes succeeded jobs that were kept and whose time is over; until then they may be seen. They
   * stay counted. FAILED and CANCELLED jobs wait for an operator.
   *
   * @param limit at most so many
   * @return how many
   */
  int purge(int limit);
}
