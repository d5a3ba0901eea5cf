package io.jobyard.config;

/**
 * How many worker processes a queue has on a node.
 *
 * @param least at least so many; the same as {@code most} where the number is fixed
 * @param most at most so many
 */
public record Processes(int least, int most) {
  /** Always so many. */
  public static Processes fixed(int count) {
    return new Processes(count, count);
  }

  /** Whether their number changes with the work. */
  public boolean scale() {
    return least < most;
  }

  @Override
  public String toString() {
    return least == most ? Integer.toString(most) : "{min: " + least + ", max: " + most + "}";
  }
}
