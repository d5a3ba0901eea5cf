package io.jobyard.cli.demo;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a demo ended.
 *
 * @param kinds in the order they are shown
 * @param words the most frequent ones, most frequent first
 * @param skipped rows of the input that could not be used
 * @param doubled jobs whose message arrived more than once, because they ran again
 * @param jobsPerSecond of mail and words together, from the first push to the end of the last
 * @param startP50 milliseconds from a push, its flush to disk included, to the start of its job;
 *     the median
 * @param startP99 the same; one job in a hundred takes longer
 * @param kept the folder with the store, if it stays
 */
public record DemoReport(
    List<KindResult> kinds,
    Map<String, Long> words,
    List<SkippedRow> skipped,
    long doubled,
    double jobsPerSecond,
    double startP50,
    double startP99,
    List<Check> checks,
    @Nullable Path kept) {
  public DemoReport {
    kinds = List.copyOf(kinds);
    skipped = List.copyOf(skipped);
    checks = List.copyOf(checks);
  }

  /** Whether every figure agrees with its counterpart. */
  public boolean sumsAgree() {
    return checks.stream().allMatch(Check::agrees);
  }
}
