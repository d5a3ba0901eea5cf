package io.jobyard.node.frame;

import org.jspecify.annotations.Nullable;

/**
 * Where a run stands, as its worker tells it.
 *
 * @param stack of the job's own thread; null if it could not be had in time
 * @param threads the stacks of threads started since the run began; null where it cannot be known
 *     whose they are, or they could not be had in time
 * @param cpu null where many jobs share the process, and in a run's first moments
 */
public record RunSight(@Nullable String stack, @Nullable String threads, @Nullable CpuUse cpu) {
  /**
   * What the run's process used of the processor.
   *
   * @param overMillis over so much of the run, up to now
   */
  public record CpuUse(long millis, long overMillis) {}
}
