package io.jobyard.cli.demo;

import io.jobyard.Failure;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of the jobs of one kind.
 *
 * @param failures for each way to fail how many jobs ended so
 * @param perSecond jobs that ended per second; null where that says nothing
 */
public record KindResult(
    String kind,
    String queue,
    long pushed,
    long succeeded,
    long failed,
    Map<Reason, Long> failures,
    @Nullable Double perSecond) {
  public KindResult {
    failures = Map.copyOf(failures);
  }

  /**
   * Why a job failed, by its last error.
   *
   * @param type the word of its failure type
   */
  public record Reason(String type, String message) {
    private static final int LONGEST = 300;

    static Reason of(Failure failure) {
      return new Reason(failure.type().word(), Excerpt.of(failure.message(), LONGEST));
    }
  }

  /** How many jobs failed by type of failure. */
  public Map<String, Long> reasons() {
    Map<String, Long> reasons = new TreeMap<>();
    failures.forEach((reason, jobs) -> reasons.merge(reason.type(), jobs, Long::sum));
    return reasons;
  }
}
