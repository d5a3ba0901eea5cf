package io.jobyard;

/** Which of a queue's waiting jobs go first; within one priority the oldest does. */
public enum Priority {
  HIGH(-10),
  NORMAL(0),
  LOW(10);

  private final int rank;

  Priority(int rank) {
    this.rank = rank;
  }

  /** The stored number; smaller goes first. */
  public int rank() {
    return rank;
  }
}
