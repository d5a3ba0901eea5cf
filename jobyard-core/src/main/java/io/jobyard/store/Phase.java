package io.jobyard.store;

/** What a lease is for. */
public enum Phase {
  /** The job's body. */
  RUN,
  /** Only the failure handlers: the body never runs again. */
  FAILING
}
