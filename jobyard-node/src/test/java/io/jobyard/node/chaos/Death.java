package io.jobyard.node.chaos;

import io.jobyard.node.chaos.Doubles.Run;
import java.time.Duration;

/**
 * The end of a process that was not asked for.
 *
 * @param from just before its cause
 * @param until when it was surely over, for a manager that of its workers too; both as {@link
 *     System#nanoTime}
 */
record Death(Whose whose, long pid, long from, long until) {
  /** An outcome is settled within this time, or its run may happen again. */
  static final long UNSETTLED = Duration.ofMillis(50).toNanos();

  enum Whose {
    WORKER,
    MANAGER
  }

  /** Whether this death allows this run to happen again: it ran, or had not been settled yet. */
  boolean excuses(Run run) {
    long process = whose == Whose.WORKER ? run.worker() : run.manager();
    return process == pid && run.start() <= until && run.end() >= from - UNSETTLED;
  }
}
