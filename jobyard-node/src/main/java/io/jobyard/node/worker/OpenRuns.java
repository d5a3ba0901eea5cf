package io.jobyard.node.worker;

import io.jobyard.run.Assignment;
import io.jobyard.run.RunBoard;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Whether a worker still has something to do: the board knows, given which tickets to ask it for.
 * Safe for use by many threads; tickets come from one.
 */
final class OpenRuns {
  private final RunBoard board;
  private final AtomicIntegerArray tickets = new AtomicIntegerArray(RunBoard.SLOTS);
  private volatile boolean stuck;

  OpenRuns(RunBoard board) {
    this.board = board;
  }

  void add(List<Assignment> batch) {
    for (Assignment run : batch) {
      tickets.setRelease(run.ticket() & (RunBoard.SLOTS - 1), run.ticket());
    }
  }

  /** A run was reported as ended, but goes on. */
  void stuck() {
    stuck = true;
  }

  boolean any() {
    if (stuck) {
      return true;
    }
    for (int slot = 0; slot < RunBoard.SLOTS; slot++) {
      boolean open =
          switch (board.mark(tickets.getAcquire(slot))) {
            case HANDED, STARTED, WAITING -> true;
            case NONE, SUCCEEDED, ENDED, RECALLED -> false;
          };
      if (open) {
        return true;
      }
    }
    return false;
  }
}
