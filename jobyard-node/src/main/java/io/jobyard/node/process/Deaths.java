package io.jobyard.node.process;

import java.time.Duration;

/** How many died in a row while nothing was finished. Touched by its queue's own thread only. */
final class Deaths {
  /** So many may die in a row before the next has to wait. */
  private static final int PATIENCE = 3;

  private int inARow;

  /** One more died. */
  void after(boolean finishedSomething) {
    inARow = finishedSomething ? 0 : inARow + 1;
  }

  /** Whether they die faster than they finish anything. */
  boolean tooMany() {
    return inARow > PATIENCE;
  }

  /** How many were too many; not above 0 if none was. */
  int excess() {
    return inARow - PATIENCE;
  }

  /** How long the next one has to wait. */
  Duration pause(Backing backing) {
    return backing.delay(excess());
  }
}
