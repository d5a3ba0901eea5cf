package io.jobyard.node.worker;

import java.util.Arrays;

/**
 * Why a worker left, in its own words: an exit code alone cannot tell {@code System.exit(143)} from
 * a SIGTERM.
 */
public enum Farewell {
  /** It said nothing: it was halted, killed or crashed. */
  NONE,
  /** It lost its manager, or its leases were about to run out. */
  ORPHANED,
  /** A signal made it shut down. */
  SIGNALLED,
  /** Code in it called {@code System.exit}. */
  EXITED;

  /** Called within a shutdown hook: who began this shutdown? */
  static Farewell ofShutdown() {
    boolean signal =
        Thread.getAllStackTraces().values().stream()
            .flatMap(Arrays::stream)
            .anyMatch(frame -> frame.getClassName().startsWith("java.lang.Terminator"));
    return signal ? SIGNALLED : EXITED;
  }
}
