package io.jobyard.node.generation;

import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The workers of a queue, as the change of their generation sees them. No method waits. */
public interface Ranks {
  /** For messages. */
  String queue();

  /**
   * Starts workers of another generation beside those there are; they get no jobs yet. One trial at
   * a time.
   */
  void tryOut(Generation next, Verdict verdict);

  /**
   * Gives the tried workers the jobs from now on; the others finish what they run, and leave.
   *
   * @return done once no job is given to the others any more
   */
  CompletableFuture<Void> adopt();

  /** Ends the tried workers; all stays as it is. Harmless where none are tried. */
  void dismiss();

  /** The generations that have a worker alive. */
  Set<Integer> generations();

  /** Whether a worker takes jobs. */
  boolean staffed();

  /**
   * Whether workers do not come up with the code there is. That one is missing for a moment, or was
   * not started yet, is no trouble.
   */
  boolean troubled();

  /** What came of a trial; each is told at most once, on any thread. */
  interface Verdict {
    /** All of them are ready. */
    void ready();

    /**
     * One of them did not come up.
     *
     * @param why one line
     */
    void failed(String why);
  }
}
