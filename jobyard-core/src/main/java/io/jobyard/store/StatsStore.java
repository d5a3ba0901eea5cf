package io.jobyard.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps small numbers with history, so that a page about last week looks at no job. What a lost
 * answer leaves in doubt is put again: it replaces itself.
 */
public interface StatsStore {
  /**
   * Keeps samples, each in the place of one with the same name. Need not be durable.
   *
   * @param keep how long after the end of its bucket a sample may be forgotten
   */
  void put(List<Sample> samples, Duration keep);

  /**
   * The samples of a family, by bucket, oldest first.
   *
   * @param series null means all
   * @param from the first bucket
   * @param until the first bucket that is not wanted any more
   */
  List<Sample> samples(
      String family, @Nullable String series, Step step, Instant from, Instant until);

  /**
   * Removes samples whose time is over, where the store does not do so by itself.
   *
   * @param limit at most so many
   * @return how many
   */
  int purgeSamples(int limit);
}
