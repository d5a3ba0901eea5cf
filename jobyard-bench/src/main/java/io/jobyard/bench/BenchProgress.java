package io.jobyard.bench;

/** Told how far a benchmark is, for whoever watches. */
@FunctionalInterface
public interface BenchProgress {
  /** For nobody. */
  BenchProgress NONE = what -> {};

  /** This begins now. */
  void begins(String what);
}
