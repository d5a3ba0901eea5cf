package io.jobyard.stats;

/** The families of samples; each has its series by queue, and the empty one for all queues. */
final class Family {
  /** {@link Load}, of each node. */
  static final String LOAD = "load";

  /** {@link Backlog}, of the whole store, by whichever node looked last. */
  static final String LINE = "line";

  /** {@link CauseCount}, of each node; the series is its id. */
  static final String CAUSE = "cause";

  /** The series of all queues together. */
  static final String ALL = "";

  private Family() {}
}
