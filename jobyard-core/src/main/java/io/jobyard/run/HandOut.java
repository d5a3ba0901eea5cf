package io.jobyard.run;

import io.jobyard.config.Pool;
import io.jobyard.run.RunBoard.Mark;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Slots;
import io.jobyard.store.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who gets which job: the line of those that wait, the suspects, and the workers' hands. Guarded by
 * its dispatcher's lock.
 *
 * <p>A worker may have more in hand than it can run, at its {@link Pace}, so that it never waits
 * for the next job; what it has not started can be taken back through the {@link RunBoard} without
 * asking it.
 */
final class HandOut {
  /** Suspects up to so many wait beside what may be leased; more count as if they were in line. */
  private static final int MOST_SUSPECTS = 64;

  private static final long UNMOVED = Duration.ofMillis(200).toNanos();

  final Hands hands;
  final Line line = new Line();

  /** Those that only one of the workers may run: they hold up nobody else. */
  final Line pinned = new Line();

  final Suspects suspects;
  private final Pool pool;
  private final int slots;
  private final Ends ends;
  private final Failures failures;
  private boolean pinsSeen;
  private long pinnedMoved;

  HandOut(Pool pool, Ends ends, Failures failures) {
    this.pool = pool;
    this.slots = pool.slots();
    this.ends = ends;
    this.failures = failures;
    // What a limited queue has leased counts for all nodes: none lies in a hand, not running.
    this.hands = new Hands(!pool.limited());
    this.suspects = new Suspects(pool.threads() > 1);
  }

  /** How many jobs to lease. */
  int room() {
    return hands.room(line.size() + Math.max(0, suspects.waiting.size() - MOST_SUSPECTS));
  }

  /** Which slots a pinned job may be leased for; null where it does not matter. */
  @Nullable Slots slots() {
    if (slots == 1 || !hands.haveSlots()) {
      return null;
    }
    Set<Integer> free = hands.idleSlots();
    free.removeIf(slot -> slot >= slots);
    pinned.each(lease -> free.remove(slot(lease)));
    return free.size() == slots ? null : new Slots(slots, free);
  }

  /** Whether there was ever a job that only one of the workers may run. */
  boolean pinsSeen() {
    return pinsSeen;
  }

  boolean pinnedWait() {
    return !pinned.empty();
  }

  /** The slot that must run this job; -1 for any. */
  private int slot(Lease lease) {
    Integer slot = lease.slot();
    return slot == null || slots == 1 || !hands.haveSlots() ? -1 : Math.floorMod(slot, slots);
  }

  /** A job was leased. */
  void take(Lease lease) {
    ends.began(lease);
    lineOf(lease).add(lease);
  }

  /** A leased job must run alone. */
  void adopt(Lease suspect) {
    ends.began(suspect);
    suspects.waiting.add(suspect);
  }

  /** A job goes on under its lease, in its failing phase. */
  void goOn(Lease failing) {
    ends.began(failing);
    lineOf(failing).back(failing);
  }

  private Line lineOf(Lease lease) {
    if (suspects.convicted(lease)) {
      return suspects.waiting;
    }
    if (slot(lease) < 0) {
      return line;
    }
    pinsSeen = true;
    if (pinned.empty()) {
      pinnedMoved = System.nanoTime();
    }
    return pinned;
  }

  /** Gives what waits to whoever has room for it. */
  void run() {
    suspects.passOn(ends::gave);
    boolean quiet = suspects.quiet() && !hands.hasCells();
    if (quiet && line.empty() && pinned.empty()) {
      return;
    }
    Map<Hand, List<Assignment>> batches = new LinkedHashMap<>();
    if (!pinned.empty()) {
      fillPinned(batches);
    }
    fill(batches);
    if (!quiet) {
      isolate(batches);
    }
    batches.forEach((hand, batch) -> hand.worker.run(batch));
    if (!quiet) {
      suspects.ask(hands);
    }
  }

  private void fillPinned(Map<Hand, List<Assignment>> batches) {
    pinned.takeIf(lease -> {
      Hand hand = hands.idleAt(slot(lease));
      if (hand == null) {
        return false;
      }
      give(hand, lease, batches);
      pinnedMoved = System.nanoTime();
      return true;
    });
  }

  /** Pinned jobs whose worker is busy go back to the store: another node's may be idle. */
  void returnPinned(long now) {
    if (!pinned.empty() && now - pinnedMoved > UNMOVED) {
      pinned.takeAll().forEach(ends::notStarted);
    }
  }

  private void fill(Map<Hand, List<Assignment>> batches) {
    while (!line.empty()) {
      Hand hand = hands.emptiest();
      if (hand == null) {
        break;
      }
      Lease lease = line.next();
      if (lease != null) {
        give(hand, lease, batches);
      }
    }
  }

  /** Suspects go to cells, one each; a cell with nothing to do leaves. */
  private void isolate(Map<Hand, List<Assignment>> batches) {
    for (Hand cell : hands.freeCells()) {
      Lease suspect = suspects.waiting.next();
      if (suspect == null) {
        cell.leave();
        cell.worker.retire();
      } else {
        give(cell, suspect, batches);
      }
    }
  }

  private void give(Hand hand, Lease lease, Map<Hand, List<Assignment>> batches) {
    Standing standing = lease.standing();
    Policy policy = pool.policy(standing.queue());
    batches
        .computeIfAbsent(hand, h -> new ArrayList<>())
        .add(
            hand.give(
                lease,
                Lifecycle.timeout(standing.settings(), policy),
                Lifecycle.lastAttempt(standing, policy),
                System.nanoTime()));
  }

  /** Takes back what this hand has not started since that moment; it waits again, at the head. */
  void recall(Hand hand, long before) {
    List<Assignment> unstarted = hand.unstarted(before);
    unstarted.sort(Comparator.comparingLong(a -> -a.lease().key().seq()));
    for (Assignment assignment : unstarted) {
      if (hand.recall(assignment)) {
        back(hand, assignment.lease());
      }
    }
  }

  /** The same, but it goes back to the store. */
  void returnUnstarted(Hand hand, long before) {
    for (Assignment assignment : hand.unstarted(before)) {
      if (hand.recall(assignment)) {
        ends.notStarted(assignment.lease());
      }
    }
  }

  /** Takes out those that wait of which this is true. */
  List<Lease> takeWaiting(Predicate<Lease> which) {
    List<Lease> taken = new ArrayList<>(line.takeIf(which));
    taken.addAll(pinned.takeIf(which));
    taken.addAll(suspects.waiting.takeIf(which));
    return taken;
  }

  /** Gives back to the store all that waits and need not run alone. */
  void returnLines() {
    line.takeAll().forEach(ends::notStarted);
    pinned.takeAll().forEach(ends::notStarted);
  }

  /** Gives back to the store all that waits. */
  void returnWaiting() {
    returnLines();
    suspects.waiting.takeAll().forEach(ends::notStarted);
  }

  /** Ends this hand's worker. */
  void condemn(Hand hand, String why) {
    hand.leave();
    recall(hand, System.nanoTime());
    hand.worker.kill(why);
  }

  /**
   * The hand's worker is dead: settles what ran, and lets what it never began wait again. Of
   * several that ran one is to blame, and nobody knows which: they become suspects.
   */
  void died(Hand hand, @Nullable Blame blame) {
    List<Assignment> left = hand.all();
    left.sort(Comparator.comparingLong(a -> -a.lease().key().seq()));
    Set<Assignment> accused = blame == null ? Set.of() : Set.copyOf(accused(hand, left));
    for (Assignment assignment : left) {
      Lease lease = assignment.lease();
      if (blame != null && accused.contains(assignment)) {
        if (accused.size() > 1 && suspects.canIsolate()) {
          suspects.waiting.back(lease);
        } else {
          ends.settle(lease, new Outcome.Crashed(failures.died(blame)), List.of());
        }
        continue;
      }
      switch (hand.mark(assignment)) {
        case SUCCEEDED -> ends.settle(lease, new Outcome.Succeeded(null), List.of());
        case HANDED, RECALLED, NONE -> back(hand, lease);
        case STARTED, WAITING, ENDED -> ends.notStarted(lease);
      }
    }
  }

  /** Those that ran; where none did, those that waited for another job, on a thread of theirs. */
  private static List<Assignment> accused(Hand hand, List<Assignment> left) {
    List<Assignment> ran = left.stream().filter(a -> hand.mark(a) == Mark.STARTED).toList();
    return ran.isEmpty() ? left.stream().filter(a -> hand.mark(a) == Mark.WAITING).toList() : ran;
  }

  private void back(Hand hand, Lease lease) {
    (hand.worker.isolated() ? suspects.waiting : lineOf(lease)).back(lease);
  }

  boolean idle() {
    return line.empty() && pinned.empty() && suspects.waiting.empty() && hands.empty();
  }

  void forget() {
    line.takeAll();
    pinned.takeAll();
    suspects.waiting.takeAll();
    ends.forget();
  }

  void addKeys(Set<LeaseKey> keys) {
    line.addKeys(keys);
    pinned.addKeys(keys);
    suspects.waiting.addKeys(keys);
    hands.addKeys(keys);
  }
}
