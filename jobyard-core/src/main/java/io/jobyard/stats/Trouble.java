package io.jobyard.stats;

import java.util.List;

/**
 * A cause and how often it struck.
 *
 * @param trend failed runs by hour or day, oldest first
 */
public record Trouble(CauseCount count, List<Long> trend) {
  public Trouble {
    trend = List.copyOf(trend);
  }
}
