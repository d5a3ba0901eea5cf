package io.jobyard.scenarios;

import io.jobyard.scenarios.Doubles.Run;
import java.time.Duration;

/**
 * The end of a process that was not asked for, or of the store.
 *
 * @param pid whose; of a store it means nothing
 * @param from just before its cause; of a store, what it was told from then on it may have
 *     forgotten
 * @param until when it was surely over, for a manager that of its workers too; both as {@link
 *     System#nanoTime}
 */
record Death(Whose whose, long pid, long from, long until) {
  /** An outcome is settled within this time, or its run may happen again. */
  static final long UNSETTLED = Duration.ofMillis(50).toNanos();

  /** How much of a time nothing went on at all; all three as {@link System#nanoTime}. */
  interface Standstill {
    Standstill NONE = (from, until) -> 0;

    long nanos(long from, long until);
  }

  enum Whose {
    WORKER,
    MANAGER,
    STORE
  }

  /** A store that died now, and forgot what it was told within that time. */
  static Death ofStore(Duration forgot) {
    long now = System.nanoTime();
    return new Death(Whose.STORE, 0, now - forgot.toNanos(), now);
  }

  /** The same, seen from now, when it is back. */
  Death overNow() {
    return new Death(whose, pid, from, System.nanoTime());
  }

  /** Whether this death allows this run to happen again: it ran, or had not been settled yet. */
  boolean excuses(Run run, Standstill standstill) {
    boolean concerned =
        switch (whose) {
          case WORKER -> run.worker() == pid;
          case MANAGER -> run.manager() == pid;
          case STORE -> true;
        };
    return concerned && run.start() <= until && late(run, standstill) <= UNSETTLED;
  }

  /** How many nanoseconds after a run's end it came, but for those in which nothing went on. */
  private long late(Run run, Standstill standstill) {
    return run.ended() && run.end() < from
        ? from - run.end() - standstill.nanos(run.end(), from)
        : 0;
  }
}
