package io.jobyard.store.sqlite;

import io.jobyard.store.NewJob;
import io.jobyard.store.NewJob.Due;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.JobRows;
import io.jobyard.store.jdbc.StoredJson;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Puts new jobs into the table, within whatever transaction they come to be. Stateless. */
final class Inserts {
  /** Numbers are drawn for many jobs at once; those of an id that exists already stay unused. */
  private static final String DRAW =
      """
      update jobyard_sequence
         set next = next + ?
      returning next
      """;

  /** An id that is there already, live or ended, is the same push once more. */
  private static final String INSERT =
      """
      insert into jobyard_jobs
             (seq, id, external_id, queue, state, priority, slot, run_at, pushed_at, task, kind, codec,
              codec_version, settings, unique_key, partition_key, parent_id, meta, payload)
      select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19
       where not exists (select 1 from jobyard_finished where id = ?2)
      on conflict (id) do nothing
      """;

  static final String EXTERNAL =
      """
      select id from jobyard_jobs where external_id = ?1
      union all
      select id from jobyard_finished where external_id = ?1
      """;

  private final Queues queues;

  Inserts(Queues queues) {
    this.queues = queues;
  }

  /** Inserts; returns the ids under which the jobs are known, in the same order. */
  List<UUID> insert(Db db, List<NewJob> jobs, long now) throws SQLException {
    return insert(db, jobs, now, queues::known);
  }

  /**
   * The same where the queues may have been entered by this very transaction.
   *
   * @param numbers the number of each job's queue
   */
  List<UUID> insert(Db db, List<NewJob> jobs, long now, ToIntFunction<String> numbers)
      throws SQLException {
    long seq = draw(db, jobs.size());
    List<UUID> ids = new ArrayList<>(jobs.size());
    for (NewJob job : jobs) {
      UUID existing = job.externalId() == null ? null : known(db, job.externalId());
      if (existing == null) {
        insert(db, job, seq, now, numbers.applyAsInt(job.queue()));
      }
      ids.add(existing == null ? job.id() : existing);
      seq++;
    }
    return ids;
  }

  /** The first of so many numbers in a row. */
  long draw(Db db, int count) throws SQLException {
    Long next = db.first(DRAW, row -> row.getLong(1), count);
    if (next == null) {
      throw new IllegalStateException("the table jobyard_sequence is empty; restore its row");
    }
    return next - count;
  }

  private static @Nullable UUID known(Db db, String externalId) throws SQLException {
    return db.first(EXTERNAL, row -> JobRows.id(row, 1), externalId);
  }

  private static void insert(Db db, NewJob job, long seq, long now, int queue) throws SQLException {
    long runAt =
        switch (job.due()) {
          case Due.In(var delay) -> Millis.after(now, delay);
          case Due.At(var instant) -> Math.max(now, Millis.of(instant));
        };
    db.update(
        INSERT,
        seq,
        Codes.bytes(job.id()),
        job.externalId(),
        queue,
        runAt > now ? Codes.SCHEDULED : Codes.READY,
        job.priority(),
        job.slot(),
        runAt,
        now,
        job.task() ? 1 : 0,
        job.kind(),
        job.payload().codec(),
        job.payload().version(),
        StoredJson.settings(job.settings()),
        job.uniqueKey(),
        job.partitionKey(),
        job.parentId() == null ? null : Codes.bytes(job.parentId()),
        job.meta(),
        job.payload().bytes());
  }
}
