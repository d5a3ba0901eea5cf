package io.jobyard.memory;

import io.jobyard.store.Sample;
import io.jobyard.store.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Numbers with history, by bucket. Guarded by {@link Memory}'s lock. */
final class Samples {
  private static final Comparator<Sample> BY_NAME =
      Comparator.comparing(Sample::bucket)
          .thenComparing(Sample::step)
          .thenComparing(Sample::family)
          .thenComparing(Sample::series)
          .thenComparing(Sample::writer);

  /** Each with the moment from which it may be forgotten. */
  private final TreeMap<Sample, Instant> kept = new TreeMap<>(BY_NAME);

  void put(List<Sample> samples, Duration keep) {
    for (Sample sample : samples) {
      kept.remove(sample);
      kept.put(sample, sample.bucket().plus(sample.step().length()).plus(keep));
    }
  }

  List<Sample> find(
      String family, @Nullable String series, Step step, Instant from, Instant until) {
    return kept.keySet().stream()
        .filter(sample -> sample.family().equals(family))
        .filter(sample -> series == null || series.equals(sample.series()))
        .filter(sample -> sample.step() == step)
        .filter(sample -> !sample.bucket().isBefore(from) && sample.bucket().isBefore(until))
        .toList();
  }

  int purge(Instant now, int limit) {
    List<Sample> over =
        kept.entrySet().stream()
            .filter(entry -> !entry.getValue().isAfter(now))
            .map(Map.Entry::getKey)
            .limit(limit)
            .toList();
    over.forEach(kept::remove);
    return over.size();
  }
}
