package io.jobyard.config;

/** How jobs reach a queue's worker processes. */
public enum Mode {
  /** The node's manager leases them and hands them out. */
  DISTRIBUTE,
  /** Each worker process takes them from the store itself. */
  GRAB
}
