package io.jobyard.run;

import io.jobyard.store.Counts;
import io.jobyard.store.Lease;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Jobs of which one killed the worker that ran them all. None is charged: each runs again in a
 * worker with nothing else in it, and what dies there names its job. A job that was charged once
 * runs alone from then on, so that it takes no others along again.
 *
 * <p>Guarded by its dispatcher's lock.
 */
final class Suspects {
  final Line waiting = new Line();
  private final boolean shared;
  private @Nullable Ward ward;
  private @Nullable Consumer<Lease> elsewhere;
  private int asked;

  /**
   * @param shared whether several jobs run in one worker
   */
  Suspects(boolean shared) {
    this.shared = shared;
  }

  /** From now on jobs can be isolated. */
  void isolateIn(Ward place) {
    ward = place;
    asked = 0;
  }

  /** From now on they are given away. */
  void sendTo(Consumer<Lease> taker) {
    elsewhere = taker;
  }

  /** Gives away those that wait, where they are to run elsewhere. */
  void passOn(Consumer<Lease> gone) {
    Consumer<Lease> taker = elsewhere;
    if (taker != null) {
      for (Lease lease : waiting.takeAll()) {
        gone.accept(lease);
        taker.accept(lease);
      }
    }
  }

  /** Whether a job was charged before and must run alone. */
  boolean convicted(Lease lease) {
    Counts counts = lease.standing().counts();
    return shared
        && (ward != null || elsewhere != null)
        && (counts.crashed() > 0 || counts.handlerCrashes() > 0);
  }

  /** Whether nothing waits and no cell is asked for. */
  boolean quiet() {
    return waiting.empty() && asked == 0;
  }

  boolean canIsolate() {
    return ward != null;
  }

  /** Asks for as many cells as there are suspects. */
  void ask(Hands hands) {
    Ward place = ward;
    int cells = waiting.size() + hands.occupiedCells();
    if (place != null && cells != asked) {
      asked = cells;
      place.needed(cells);
    }
  }
}
