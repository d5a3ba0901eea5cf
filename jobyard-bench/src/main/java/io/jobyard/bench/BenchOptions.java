package io.jobyard.bench;

import io.jobyard.JobyardException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to measure, and how much of it.
 *
 * @param store the URL of a store to measure; null is SQLite in a fresh folder
 * @param jobs how many jobs a round inserts or drains
 * @param rounds how often each figure is taken; the median counts
 * @param arrangement where the jobs run
 * @param threads how many a worker process runs at once
 */
public record BenchOptions(
    @Nullable String store,
    int jobs,
    int rounds,
    Set<Part> parts,
    Arrangement arrangement,
    int threads) {
  private static final int FEWEST_JOBS = 100;

  public BenchOptions {
    parts = Set.copyOf(parts);
    if (jobs < FEWEST_JOBS) {
      throw new JobyardException(
          "--jobs must be at least " + FEWEST_JOBS + ", got " + jobs + "; 100000 tells most");
    }
    if (threads < 1) {
      throw new JobyardException("--threads must be at least 1, got " + threads);
    }
    if (rounds < 1) {
      throw new JobyardException("--rounds must be at least 1, got " + rounds);
    }
  }

  /** All parts but the long ones and the one for Clusters, on a fresh SQLite. */
  public static BenchOptions standard() {
    return new BenchOptions(
        null,
        100_000,
        3,
        EnumSet.complementOf(
            EnumSet.of(Part.HISTORY, Part.SHARDS, Part.HTTP, Part.START, Part.FRESH)),
        Arrangement.DISTRIBUTE,
        1);
  }
}
