package io.jobyard.faktory;

/** Faktory's priorities, 9 first and 5 in the middle, and Jobyard's ranks, the smallest first. */
final class Priorities {
  private static final int MIDDLE = 5;
  private static final int STEP = 2;

  private Priorities() {}

  /**
   * @param priority 0 for none
   */
  static int rank(int priority) {
    return priority == 0 ? 0 : (MIDDLE - Math.clamp(priority, 1, 9)) * STEP;
  }

  static int priority(int rank) {
    return Math.clamp(MIDDLE - rank / STEP, 1, 9);
  }
}
