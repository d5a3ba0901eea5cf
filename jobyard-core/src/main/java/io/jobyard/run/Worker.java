package io.jobyard.run;

import java.util.List;

/** A place where jobs of a queue run, as its dispatcher sees it. No method may block for long. */
public interface Worker {
  /** For logs and pages. */
  String name();

  /** How many jobs run at once here. */
  int threads();

  /** Whether only suspects run here, one at a time with nothing else beside it. */
  default boolean isolated() {
    return false;
  }

  /** Its number among its queue's workers, for jobs pinned to one; -1 where that means nothing. */
  default int slot() {
    return -1;
  }

  /** How many jobs it may begin in all. */
  default int quota() {
    return Integer.MAX_VALUE;
  }

  /** Told once it has nothing in hand and gets nothing more: it leaves, or used up its quota. */
  default void nothingLeft() {}

  /** Who started what, readable also after the worker died. */
  RunBoard board();

  /** Hands over jobs; those of them that are HANDED on the board may be taken back there. */
  void run(List<Assignment> batch);

  /** Asks for a run to be stopped; its outcome comes as usual. */
  void cancel(int ticket);

  /** Ends the worker at once with everything that runs in it; {@link Crew#gone} follows. */
  void kill(String why);

  /** Lets the worker leave once it has nothing to do; {@link Crew#gone} follows. */
  void retire();
}
