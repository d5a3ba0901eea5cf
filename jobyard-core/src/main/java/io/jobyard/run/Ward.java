package io.jobyard.run;

/**
 * Where jobs run alone that may have killed a worker: a dispatcher asks it for workers that are
 * {@link Worker#isolated}, and lets each leave when it is not needed any more.
 */
@FunctionalInterface
public interface Ward {
  /**
   * So many suspects are to run, each in a worker of its own; those that do so now included. Fewer
   * workers only make it take longer. Must not block.
   */
  void needed(int cells);
}
