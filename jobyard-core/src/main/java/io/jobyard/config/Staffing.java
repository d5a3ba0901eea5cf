package io.jobyard.config;

/**
 * How a queue is staffed with worker processes.
 *
 * @param mode how they come by their jobs
 */
public record Staffing(Mode mode) {
  /** The documented defaults. */
  public static final Staffing DEFAULT = new Staffing(Mode.DISTRIBUTE);
}
