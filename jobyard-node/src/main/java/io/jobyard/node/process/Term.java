package io.jobyard.node.process;

import io.jobyard.config.Staffing;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a worker may serve. Up to a tenth less than configured, so that workers that began
 * together are not replaced together.
 *
 * @param jobs that it may begin
 * @param age zero is no limit
 */
record Term(int jobs, Duration age) {
  private static final double JITTER = 0.1;

  static Term of(Staffing staffing, Place place, RandomGenerator chance) {
    if (place.isolated()) {
      return new Term(Integer.MAX_VALUE, Duration.ZERO);
    }
    double share = 1 - JITTER * chance.nextDouble();
    int jobs =
        staffing.maxJobs() == 0
            ? Integer.MAX_VALUE
            : Math.max(1, (int) Math.ceil(staffing.maxJobs() * share));
    return new Term(jobs, Duration.ofMillis((long) (staffing.maxAge().toMillis() * share)));
  }

  /** Whether it begins so few jobs that its replacement must stand ready from the start. */
  boolean brief() {
    return jobs <= 10;
  }
}
