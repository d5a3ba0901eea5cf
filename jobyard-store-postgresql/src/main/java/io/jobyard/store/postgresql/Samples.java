package io.jobyard.store.postgresql;

import io.jobyard.store.Sample;
import io.jobyard.store.Step;
import io.jobyard.store.jdbc.SampleRows;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Numbers with history. Safe for any thread. */
final class Samples {
  /** The moment it expires never changes, so that the new row needs no new place in an index. */
  private static final String PUT =
      """
      insert into {t}samples (family, series, step, bucket, writer, expires_at, data)
      select *
        from unnest(?::text[], ?::text[], ?::int[], ?::bigint[], ?::text[], ?::bigint[], ?::bytea[])
          on conflict (family, series, step, bucket, writer) do update
         set data = excluded.data
      """;

  private static final String ALL =
      """
      select family, series, step, bucket, writer, data
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
      with chosen as materialized (
        select family, series, step, bucket, writer
          from {t}samples
         where expires_at <= {now}
         order by expires_at
         limit ?
           for update skip locked
      ), gone as (
        delete from {t}samples s
         using chosen c
         where s.family = c.family
           and s.series = c.series
           and s.step = c.step
           and s.bucket = c.bucket
           and s.writer = c.writer
        returning 1
      )
      select count(*) from gone
      """;

  private final Pool pool;
  private final String put;
  private final String all;
  private final String ofSeries;
  private final String purge;

  Samples(Pool pool, Sql sql) {
    this.pool = pool;
    this.put = sql.fill(PUT);
    this.all = sql.fill(ALL);
    this.ofSeries = sql.fill(OF_SERIES);
    this.purge = sql.fill(PURGE);
  }

  void put(List<Sample> samples, Duration keep) {
    if (samples.isEmpty()) {
      return;
    }
    Collection<Sample> rows = SampleRows.inOrder(samples);
    int unused =
        pool.repeat(db -> {
          Connection connection = db.connection();
          return db.update(
              put,
              connection.createArrayOf("text", column(rows, Sample::family)),
              connection.createArrayOf("text", column(rows, Sample::series)),
              connection.createArrayOf("int4", column(rows, s -> SampleRows.step(s.step()))),
              connection.createArrayOf("int8", column(rows, s -> s.bucket().toEpochMilli())),
              connection.createArrayOf("text", column(rows, Sample::writer)),
              connection.createArrayOf("int8", column(rows, s -> SampleRows.expiresAt(s, keep))),
              connection.createArrayOf(
                  "bytea", rows.stream().map(Sample::data).toArray(byte[][]::new)));
        });
  }

  List<Sample> find(
      String family, @Nullable String series, Step step, Instant from, Instant until) {
    int length = SampleRows.step(step);
    long first = from.toEpochMilli();
    long end = until.toEpochMilli();
    return pool.repeat(db ->
        series == null
            ? db.list(all, SampleRows::sample, family, length, first, end)
            : db.list(ofSeries, SampleRows::sample, family, series, length, first, end));
  }

  int purge(int limit) {
    Integer gone = pool.repeat(db -> db.first(purge, row -> row.getInt(1), limit));
    return gone == null ? 0 : gone;
  }

  private static Object[] column(Collection<Sample> rows, Function<Sample, Object> part) {
    return rows.stream().map(part).toArray();
  }
}
