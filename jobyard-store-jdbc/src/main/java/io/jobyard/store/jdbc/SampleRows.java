package io.jobyard.store.jdbc;

import io.jobyard.store.Sample;
import io.jobyard.store.Step;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** Samples as rows: a step is stored as its length in seconds. */
public final class SampleRows {
  private static final Comparator<Sample> BY_NAME =
      Comparator.comparing(Sample::family)
          .thenComparing(Sample::series)
          .thenComparing(Sample::step)
          .thenComparing(Sample::bucket)
          .thenComparing(Sample::writer);

  private SampleRows() {}

  public static int step(Step step) {
    return (int) step.length().toSeconds();
  }

  /** When it may be forgotten, in milliseconds since 1970. */
  public static long expiresAt(Sample sample, Duration keep) {
    return sample.bucket().plus(sample.step().length()).plus(keep).toEpochMilli();
  }

  /**
   * The last of each name, in an order that is the same for everybody, so that two who write the
   * same rows do not wait for each other.
   */
  public static Collection<Sample> inOrder(List<Sample> samples) {
    TreeMap<Sample, Sample> last = new TreeMap<>(BY_NAME);
    samples.forEach(sample -> last.put(sample, sample));
    return new ArrayList<>(last.values());
  }

  /** Reads family, series, step, bucket, writer and data, in this order. */
  public static Sample sample(ResultSet row) throws SQLException {
    return new Sample(
        row.getString(1),
        row.getString(2),
        step(row.getInt(3)),
        Instant.ofEpochMilli(row.getLong(4)),
        row.getString(5),
        row.getBytes(6));
  }

  private static Step step(int seconds) {
    for (Step step : Step.values()) {
      if (step(step) == seconds) {
        return step;
      }
    }
    throw new IllegalStateException("a sample of " + seconds + " s was stored; none is so long");
  }
}
