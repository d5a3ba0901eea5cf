package io.jobyard.cli.demo;

/** Told how far the demo is. */
@FunctionalInterface
public interface Progress {
  /** Called some times a second, by one thread. */
  void at(long done, long total);
}
