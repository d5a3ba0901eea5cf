package io.jobyard.faktory;

import java.util.Locale;

/** What a worker is asked to do, or does already. */
public enum WorkerState {
  RUNNING,
  /** Fetches no more jobs, but ends those it has. */
  QUIET,
  /** Ends itself within half a minute. */
  TERMINATE;

  /** As the protocol has it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state with this word; RUNNING for any other. */
  static WorkerState of(String word) {
    return switch (word) {
      case "quiet" -> QUIET;
      case "terminate" -> TERMINATE;
      default -> RUNNING;
    };
  }
}
