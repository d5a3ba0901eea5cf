package io.jobyard.store.sqlite;

import io.jobyard.store.Sample;
import io.jobyard.store.Step;
import io.jobyard.store.jdbc.SampleRows;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers with history. Not flushed to the disk: nobody waits for them. Safe for any thread. */
final class Samples {
  private static final String PUT =
      """
      insert into jobyard_samples (family, series, step, bucket, writer, expires_at, data)
      values (?, ?, ?, ?, ?, ?, ?)
          on conflict (family, series, step, bucket, writer) do update
         set data = excluded.data
      """;

  private static final String ALL =
      """
      select family, series, step, bucket, writer, data
        from jobyard_samples
       where family = ?
         and step = ?
         and bucket >= ?
         and bucket < ?
       order by bucket
      """;

  static final String OF_SERIES = ALL.replace("and step", "and series = ?\n   and step");
  static final String OF_ALL = ALL.replace("order by bucket", "order by bucket, series, writer");

  static final String PURGE =
      """
      delete from jobyard_samples
       where (family, series, step, bucket, writer)
          in (select family, series, step, bucket, writer
                from jobyard_samples
               where expires_at <= ?
               order by expires_at
               limit ?)
      """;

  private final Writer writer;
  private final Reader reader;
  private final InstantSource clock;

  Samples(Writer writer, Reader reader, InstantSource clock) {
    this.writer = writer;
    this.reader = reader;
    this.clock = clock;
  }

  void put(List<Sample> samples, Duration keep) {
    if (samples.isEmpty()) {
      return;
    }
    int unused =
        writer.write(db -> {
          int done = 0;
          for (Sample sample : samples) {
            done +=
                db.update(
                    PUT,
                    sample.family(),
                    sample.series(),
                    SampleRows.step(sample.step()),
                    sample.bucket().toEpochMilli(),
                    sample.writer(),
                    SampleRows.expiresAt(sample, keep),
                    sample.data());
          }
          return done;
        });
  }

  List<Sample> find(
      String family, @Nullable String series, Step step, Instant from, Instant until) {
    int length = SampleRows.step(step);
    long first = from.toEpochMilli();
    long end = until.toEpochMilli();
    return reader.read(db ->
        series == null
            ? db.list(OF_ALL, SampleRows::sample, family, length, first, end)
            : db.list(OF_SERIES, SampleRows::sample, family, series, length, first, end));
  }

  int purge(int limit) {
    return writer.write(db -> db.update(PURGE, clock.millis(), limit));
  }
}
