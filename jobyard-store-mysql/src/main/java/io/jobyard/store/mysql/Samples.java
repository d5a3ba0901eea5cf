package io.jobyard.store.mysql;

import io.jobyard.store.Sample;
import io.jobyard.store.Step;
import io.jobyard.store.jdbc.SampleRows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers with history. Safe for any thread. */
final class Samples {
  private static final String PUT =
      """
      insert into {t}samples (family, series, step, bucket, writer, expires_at, data)
      values (?, ?, ?, ?, ?, ?, ?)
          on duplicate key update
             data = values(data)
      """;

  private static final String ALL =
      """
      select convert(family using utf8mb4), convert(series using utf8mb4), step, bucket,
             convert(writer using utf8mb4), data
        from {t}samples
       where family = ?
         and step = ?
         and bucket >= ?
         and bucket < ?
       order by bucket, series, writer
      """;

  private static final String OF_SERIES = ALL.replace("and step", "and series = ?\n   and step");

  private static final String PURGE =
      """
      delete from {t}samples
       where expires_at <= {now}
       order by expires_at
       limit ?
      """;

  private final Database database;

  Samples(Database database) {
    this.database = database;
  }

  void put(List<Sample> samples, Duration keep) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (Sample sample : SampleRows.inOrder(samples)) {
      rows.add(
          new @Nullable Object[] {
            Tx.bytes(sample.family()),
            Tx.bytes(sample.series()),
            SampleRows.step(sample.step()),
            sample.bucket().toEpochMilli(),
            Tx.bytes(sample.writer()),
            SampleRows.expiresAt(sample, keep),
            sample.data()
          });
    }
    int unused =
        database.writeAgain(tx -> {
          tx.batch(PUT, rows);
          return rows.size();
        });
  }

  List<Sample> find(
      String family, @Nullable String series, Step step, Instant from, Instant until) {
    byte[] name = Tx.bytes(family);
    int length = SampleRows.step(step);
    long first = from.toEpochMilli();
    long end = until.toEpochMilli();
    return database.read(tx ->
        series == null
            ? tx.list(ALL, SampleRows::sample, name, length, first, end)
            : tx.list(OF_SERIES, SampleRows::sample, name, Tx.bytes(series), length, first, end));
  }

  int purge(int limit) {
    return database.once(PURGE, limit);
  }
}
