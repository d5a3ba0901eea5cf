package io.jobyard.run;

import io.jobyard.run.RunBoard.Mark;
import io.jobyard.store.Lease;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one worker has in hand: the runs handed to it and not ended yet. Guarded by its dispatcher's
 * lock.
 */
final class Hand {
  /** Never more than this in one hand, so that board slots are not short. */
  private static final int MOST = RunBoard.SLOTS / 2;

  final Worker worker;
  private final RunBoard board;
  private final boolean prefetches;
  private final @Nullable Assignment[] bySlot = new @Nullable Assignment[RunBoard.SLOTS];
  private final long[] handedAt = new long[RunBoard.SLOTS];
  private final int[] turns = new int[RunBoard.SLOTS];
  private final Map<Integer, Long> cancelledAt = new HashMap<>();
  private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>(RunBoard.SLOTS);
  private final Pace pace = new Pace();
  private int count;
  private int given;
  private int waiting;
  private boolean leaving;

  /**
   * @param prefetches whether it may have more in hand than its worker can run
   */
  Hand(Worker worker, boolean prefetches) {
    this.worker = worker;
    this.prefetches = prefetches;
    this.board = worker.board();
    for (int slot = 0; slot < RunBoard.SLOTS; slot++) {
      freeSlots.add(slot);
    }
  }

  /** Puts a job on the board and in this hand; the caller sends it. */
  Assignment give(Lease lease, Duration timeout, boolean lastAttempt, long now) {
    int slot = freeSlots.remove();
    int ticket = ++turns[slot] * RunBoard.SLOTS + slot;
    Assignment assignment = new Assignment(ticket, lease, timeout, lastAttempt);
    if (count++ == 0) {
      pace.begin(now);
    }
    given++;
    bySlot[slot] = assignment;
    handedAt[slot] = now;
    board.hand(assignment, now);
    return assignment;
  }

  /** Whether this run is in it. */
  boolean has(int ticket) {
    Assignment assignment = bySlot[ticket & (RunBoard.SLOTS - 1)];
    return assignment != null && assignment.ticket() == ticket;
  }

  /** Takes an ended run out of the hand; null if it is not in it (any more). */
  @Nullable Assignment take(int ticket) {
    int slot = ticket & (RunBoard.SLOTS - 1);
    Assignment assignment = bySlot[slot];
    if (assignment == null || assignment.ticket() != ticket) {
      return null;
    }
    bySlot[slot] = null;
    cancelledAt.remove(ticket);
    freeSlots.add(slot);
    count--;
    return assignment;
  }

  /** Takes back a run that was not started; false if it was. */
  boolean recall(Assignment assignment) {
    boolean recalled = board.recall(assignment.ticket()) && take(assignment.ticket()) != null;
    given -= recalled ? 1 : 0;
    return recalled;
  }

  /** Everything in hand. */
  List<Assignment> all() {
    List<Assignment> all = new ArrayList<>(count);
    for (Assignment assignment : bySlot) {
      if (assignment != null) {
        all.add(assignment);
      }
    }
    return all;
  }

  /** What was handed over before this moment and has not been started. */
  List<Assignment> unstarted(long before) {
    List<Assignment> found = new ArrayList<>();
    for (Assignment assignment : bySlot) {
      if (assignment != null
          && handedAt[assignment.ticket() & (RunBoard.SLOTS - 1)] - before <= 0
          && mark(assignment) == Mark.HANDED) {
        found.add(assignment);
      }
    }
    return found;
  }

  /** Slots of the worker in which, as the board has it, no job runs. */
  int freeSlots() {
    int running = 0;
    for (Assignment assignment : bySlot) {
      if (assignment != null && mark(assignment) == Mark.STARTED) {
        running++;
      }
    }
    return worker.threads() - running;
  }

  Mark mark(Assignment assignment) {
    return board.mark(assignment.ticket());
  }

  /** Asks the worker to stop a run; the first time counts. */
  void cancel(Assignment assignment, long now) {
    cancelledAt.putIfAbsent(assignment.ticket(), now);
    worker.cancel(assignment.ticket());
  }

  /** Whether a run was cancelled at least so long ago. */
  boolean cancelledFor(Assignment assignment, long nanos, long now) {
    Long at = cancelledAt.get(assignment.ticket());
    return at != null && now - at >= nanos;
  }

  /** How long the run has been going on, in nanoseconds. */
  long runningFor(Assignment assignment, long now) {
    return now - board.startedAt(assignment.ticket());
  }

  void ended(int runs, long now) {
    pace.ended(runs, now);
  }

  /** A run lends its slot, or takes it back. */
  void waiting(boolean waits) {
    waiting += waits ? 1 : -1;
  }

  /** Gives it nothing more. */
  void leave() {
    leaving = true;
  }

  boolean leaving() {
    return leaving;
  }

  int count() {
    return count;
  }

  /** Slots that would run a job at once; none where only suspects run. */
  int idle() {
    int slots = Math.max(0, worker.threads() + waiting - count);
    return closed() ? 0 : Math.min(slots, quotaLeft());
  }

  /** How many more it may begin. */
  private int quotaLeft() {
    return Math.max(0, worker.quota() - given);
  }

  /** Whether it has nothing, and gets nothing more. */
  boolean over() {
    return count == 0 && (leaving || quotaLeft() == 0);
  }

  /** Whether it waits for a suspect. */
  boolean freeCell() {
    return worker.isolated() && !leaving && count == 0;
  }

  /** Jobs in hand beyond those that can run at once. */
  int ahead() {
    return Math.max(0, count - worker.threads() - waiting);
  }

  /** Jobs it may have in hand in all, at its pace. */
  int target() {
    int running = worker.threads() + waiting;
    int most = Math.min(MOST, prefetches ? running + pace.ahead() : running);
    return closed() ? 0 : (int) Math.min(most, (long) count + quotaLeft());
  }

  int room() {
    return Math.max(0, target() - count);
  }

  private boolean closed() {
    return leaving || worker.isolated();
  }
}
