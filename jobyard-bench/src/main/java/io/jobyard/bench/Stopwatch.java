package io.jobyard.bench;

/** Times a piece of work. */
final class Stopwatch {
  private static final double SECOND = 1e9;

  private final long start = System.nanoTime();

  static Stopwatch start() {
    return new Stopwatch();
  }

  double seconds() {
    return (System.nanoTime() - start) / SECOND;
  }

  /** So many things, done since the start, by the second. */
  double rate(int things) {
    return things / seconds();
  }
}
