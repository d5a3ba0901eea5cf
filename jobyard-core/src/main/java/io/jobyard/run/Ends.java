package io.jobyard.run;

import io.jobyard.config.Pool;
import io.jobyard.store.Lease;
import io.jobyard.store.Phase;
import io.jobyard.store.Settlement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns what came of runs into settlements, and knows how much is leased and not settled yet.
 * Guarded by its dispatcher's lock; what the settler says comes back through it.
 */
final class Ends {
  private final Settler settler;
  private final Pool pool;
  private final Score score;
  private final boolean each;
  private final Told told;
  private int entering;
  private long bytes;

  /** Told, on the settler's thread and without the lock, what came of settlements. */
  interface Told {
    /**
     * A job's failing phase is on disk, and the lease goes on in it.
     *
     * @param failing null where the phase could not be entered: the lease is another's
     */
    void entered(@Nullable Lease failing);

    /** A lease is over. */
    void over();
  }

  /**
   * @param told of the end of every lease only where a limit waits for it: it costs a little
   */
  Ends(Settler settler, Pool pool, Score score, Told told) {
    this.settler = settler;
    this.pool = pool;
    this.score = score;
    this.each = pool.limited();
    this.told = told;
  }

  /** A job was leased, or goes on under its lease. */
  void began(Lease lease) {
    bytes += lease.payload().bytes().length;
  }

  /** A leased job is somebody else's from now on. */
  void gave(Lease lease) {
    bytes = Math.max(0, bytes - lease.payload().bytes().length);
  }

  /** Bytes of payload that are leased and not settled. */
  long bytes() {
    return bytes;
  }

  /** Settlements that the store has not taken yet. */
  int backlog() {
    return settler.backlog();
  }

  /** Every lease is gone. */
  void forget() {
    bytes = 0;
  }

  boolean settling() {
    return entering > 0;
  }

  void notStarted(Lease lease) {
    settle(lease, new Outcome.NotStarted(), List.of());
  }

  /** A run came to its end by itself, after so long. */
  void settle(Lease lease, Outcome outcome, List<String> log, long ranNanos) {
    if (lease.standing().phase() == Phase.RUN && !(outcome instanceof Outcome.NotStarted)) {
      score.ran(lease, ranNanos);
    }
    settle(lease, outcome, log);
  }

  void settle(Lease lease, Outcome outcome, List<String> log) {
    gave(lease);
    Settlement plain =
        Lifecycle.settle(lease.standing(), outcome, pool.policy(lease.standing().queue()));
    Settlement settlement = log.isEmpty() ? plain : plain.withLog(log);
    score.settled(lease, outcome, plain);
    if (settlement.move() instanceof Settlement.Stay) {
      entering++;
      settler.add(
          settlement,
          accepted ->
              told.entered(
                  accepted ? lease.failing(settlement.counts(), settlement.errors()) : null));
    } else {
      settler.add(settlement, each ? accepted -> told.over() : null);
    }
  }

  /** Called with the lock, once {@link Told#entered} was. */
  void entered() {
    entering--;
  }
}
