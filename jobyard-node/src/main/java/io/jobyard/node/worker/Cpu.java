package io.jobyard.node.worker;

import java.time.Duration;
import java.util.Optional;

/**
 * What this process has used of the processor.
 *
 * @param used by all of its threads, the garbage collector's and the compilers' too
 * @param at when, as {@link System#nanoTime}
 */
record Cpu(Duration used, long at) {
  /** Now; empty where the system does not tell. */
  static Optional<Cpu> now() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .map(used -> new Cpu(used, System.nanoTime()));
  }

  /** How much was used since. */
  long millisSince(Cpu earlier) {
    return used.minus(earlier.used).toMillis();
  }

  /** How long it is since. */
  long millisAfter(Cpu earlier) {
    return Duration.ofNanos(at - earlier.at).toMillis();
  }
}
