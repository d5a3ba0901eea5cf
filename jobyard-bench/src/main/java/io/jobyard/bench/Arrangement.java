package io.jobyard.bench;

import io.jobyard.config.Mode;
import java.util.Locale;

/** Where the measured jobs run, and how they get there. */
public enum Arrangement {
  /** In worker processes, handed out by the manager. */
  DISTRIBUTE,
  /** In worker processes that take them from the store. */
  GRAB,
  /** On threads of the process that holds the store. */
  IN_PROCESS;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Of queues with worker processes. */
  Mode mode() {
    return this == GRAB ? Mode.GRAB : Mode.DISTRIBUTE;
  }
}
