package io.jobyard.run;

import io.jobyard.store.LeaseKey;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What all workers of a queue have in hand. Guarded by its dispatcher's lock. */
final class Hands {
  private static final long NOTHING_TO_WATCH = Duration.ofMinutes(1).toNanos();

  private final Map<Worker, Hand> byWorker = new LinkedHashMap<>();
  private final boolean ahead;
  private int cells;
  private int slotted;

  /**
   * @param ahead whether a worker may have more in hand than it can run
   */
  Hands(boolean ahead) {
    this.ahead = ahead;
  }

  void add(Worker worker) {
    if (byWorker.putIfAbsent(worker, new Hand(worker, ahead)) == null) {
      count(worker, 1);
    }
  }

  @Nullable Hand of(Worker worker) {
    return byWorker.get(worker);
  }

  @Nullable Hand remove(Worker worker) {
    Hand hand = byWorker.remove(worker);
    if (hand != null) {
      count(worker, -1);
    }
    return hand;
  }

  private void count(Worker worker, int change) {
    cells += worker.isolated() ? change : 0;
    slotted += worker.slot() >= 0 ? change : 0;
  }

  List<Hand> all() {
    return List.copyOf(byWorker.values());
  }

  /** The hand with a slot free, else the one least ahead; null if all are full. */
  @Nullable Hand emptiest() {
    Hand best = null;
    for (Hand hand : byWorker.values()) {
      if (hand.room() > 0
          && (best == null
              || hand.idle() > best.idle()
              || (hand.idle() == best.idle() && hand.ahead() < best.ahead()))) {
        best = hand;
      }
    }
    return best;
  }

  /** Whether workers are told apart by their slots. */
  boolean haveSlots() {
    return slotted > 0;
  }

  /** The slots whose worker would run a job at once. */
  Set<Integer> idleSlots() {
    Set<Integer> idle = new HashSet<>();
    for (Hand hand : byWorker.values()) {
      if (hand.idle() > 0) {
        idle.add(hand.worker.slot());
      }
    }
    return idle;
  }

  /** The hand at this slot that would run a job at once; null if there is none. */
  @Nullable Hand idleAt(int slot) {
    for (Hand hand : byWorker.values()) {
      if (hand.worker.slot() == slot && hand.idle() > 0) {
        return hand;
      }
    }
    return null;
  }

  /** Whether there are workers for suspects. */
  boolean hasCells() {
    return cells > 0;
  }

  /** Workers for suspects that have nothing to do. */
  List<Hand> freeCells() {
    return byWorker.values().stream().filter(Hand::freeCell).toList();
  }

  /** Workers for suspects that run one. */
  int occupiedCells() {
    int occupied = 0;
    for (Hand hand : byWorker.values()) {
      occupied += hand.worker.isolated() && hand.count() > 0 ? 1 : 0;
    }
    return occupied;
  }

  /**
   * How many jobs to lease, given how many wait to be handed out: at a fast pace only a number
   * worth the trip, unless somebody has nothing to do.
   */
  int room(int inLine) {
    int room = -inLine;
    int target = 0;
    int idle = 0;
    for (Hand hand : byWorker.values()) {
      room += hand.room();
      target += hand.target();
      idle += hand.idle();
    }
    return idle > inLine || room >= target / 3 ? Math.max(0, room) : 0;
  }

  /** Slots of all other hands that would run a job at once. */
  int idleBesides(Hand hand) {
    return byWorker.values().stream().mapToInt(other -> other == hand ? 0 : other.idle()).sum();
  }

  /** How often the hands must be looked after. */
  long watchPeriod(long ahead, long running) {
    long period = NOTHING_TO_WATCH;
    for (Hand hand : byWorker.values()) {
      period = Math.min(period, hand.ahead() > 0 ? ahead : hand.count() > 0 ? running : period);
    }
    return period;
  }

  boolean empty() {
    return byWorker.values().stream().allMatch(hand -> hand.count() == 0);
  }

  void addKeys(Collection<LeaseKey> keys) {
    for (Hand hand : byWorker.values()) {
      hand.all().forEach(assignment -> keys.add(assignment.lease().key()));
    }
  }
}
