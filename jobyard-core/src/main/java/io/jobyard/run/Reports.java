package io.jobyard.run;

/** Where a {@link JobRunner} says what came of its runs. */
@FunctionalInterface
public interface Reports {
  /** A run ended, or is stuck. Called once a run, on any thread; must not block for long. */
  void finished(Finished run);
}
