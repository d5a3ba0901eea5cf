package io.jobyard.store.sqlite;

import io.jobyard.store.JobView;
import io.jobyard.store.Limits;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.JobRows;
import io.jobyard.store.jdbc.StoredJson;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes waiting jobs of another store over, within a transaction of the caller. Stateless. */
final class Adoption {
  private static final String ADOPT =
      """
      insert into jobyard_jobs
             (seq, id, external_id, queue, state, priority, slot, fence, run_at, pushed_at,
              started_at, failed, crashed, lost, handler_crashes, phase, task, kind, codec,
              codec_version, settings, parent_id, meta, errors, log, payload)
      values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
              ?20, ?21, ?22, ?23, ?24, ?25, ?26)
      """;

  private static final String KNOWN =
      """
      select id from jobyard_jobs where id = ?1
      union all
      select id from jobyard_finished where id = ?1
      """;

  private final Queues queues;
  private final Inserts inserts;

  Adoption(Queues queues, Inserts inserts) {
    this.queues = queues;
    this.inserts = inserts;
  }

  /** Returns how many were new. */
  int adopt(Db db, List<JobView> jobs, long now) throws SQLException {
    long seq = inserts.draw(db, jobs.size());
    int adopted = 0;
    for (JobView job : jobs) {
      if (db.first(KNOWN, row -> true, (Object) Codes.bytes(job.id())) == null) {
        requireNameFree(db, job);
        adopt(db, job, seq, now);
        adopted++;
      }
      seq++;
    }
    return adopted;
  }

  private static void requireNameFree(Db db, JobView job) throws SQLException {
    if (job.externalId() == null) {
      return;
    }
    UUID owner = db.first(Inserts.EXTERNAL, row -> JobRows.id(row, 1), job.externalId());
    if (owner != null) {
      throw Limits.externalIdTaken(job, owner);
    }
  }

  private void adopt(Db db, JobView job, long seq, long now) throws SQLException {
    long runAt = job.runAt().toEpochMilli();
    db.update(
        ADOPT,
        seq,
        Codes.bytes(job.id()),
        job.externalId(),
        queues.known(job.queue()),
        runAt > now ? Codes.SCHEDULED : Codes.READY,
        job.priority(),
        job.slot(),
        job.fence(),
        runAt,
        job.pushedAt().toEpochMilli(),
        job.startedAt() == null ? null : job.startedAt().toEpochMilli(),
        job.counts().failed(),
        job.counts().crashed(),
        job.counts().lost(),
        job.counts().handlerCrashes(),
        Codes.of(job.phase()),
        job.task() ? 1 : 0,
        job.kind(),
        job.payload().codec(),
        job.payload().version(),
        StoredJson.settings(job.settings()),
        job.parentId() == null ? null : Codes.bytes(job.parentId()),
        job.meta(),
        array(StoredJson.elements(job.errors())),
        array(StoredJson.textElements(job.log())),
        job.payload().bytes());
  }

  private static @Nullable String array(@Nullable String elements) {
    return elements == null ? null : "[" + elements + "]";
  }
}
