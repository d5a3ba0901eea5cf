package io.jobyard;

/** Where a job stands. */
public enum JobState {
  /** Waits for a free worker. */
  READY,
  /** Waits for its time. */
  SCHEDULED,
  /** Leased by a node. */
  RUNNING,
  /** Done; removed and counted unless its queue keeps it or its result. */
  SUCCEEDED,
  /** Ended after its last attempt; kept until retried or forgotten. */
  FAILED,
  /** Ended by a cancel; kept until retried or forgotten. */
  CANCELLED;

  /** Whether a job in this state will not run again unless somebody retries it. */
  public boolean finished() {
    return switch (this) {
      case READY, SCHEDULED, RUNNING -> false;
      case SUCCEEDED, FAILED, CANCELLED -> true;
    };
  }
}
