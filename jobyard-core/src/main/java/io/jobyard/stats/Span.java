package io.jobyard.stats;

import io.jobyard.store.Step;
import java.time.Duration;

/** How far back a chart reaches, and how fine it is. */
public enum Span {
  HOUR(Duration.ofHours(1), Step.MINUTE, Step.HOUR),
  DAY(Duration.ofDays(1), Step.TEN_MINUTES, Step.HOUR),
  WEEK(Duration.ofDays(7), Step.HOUR, Step.DAY);

  private final Duration length;
  private final Step step;
  private final Step causes;

  Span(Duration length, Step step, Step causes) {
    this.length = length;
    this.step = step;
    this.causes = causes;
  }

  public Duration length() {
    return length;
  }

  /** How far its points are apart. */
  public Step step() {
    return step;
  }

  /** How far the points of a cause's trend are apart. */
  Step causes() {
    return causes;
  }

  /** How many points so far apart it has, the one that has begun included. */
  int points(Step apart) {
    return (int) Math.max(1, length.dividedBy(apart.length()));
  }
}
