package io.jobyard;

/** What a job's own failure handler says: is it dealt with, or should the queue's hear of it? */
public enum Verdict {
  /** Dealt with: the queue's {@code on-failure} is not called. */
  HANDLED,
  /** Not dealt with: the queue's {@code on-failure} is called next. */
  PASS
}
