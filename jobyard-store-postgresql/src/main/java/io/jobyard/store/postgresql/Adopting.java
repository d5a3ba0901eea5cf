package io.jobyard.store.postgresql;

import io.jobyard.PushRefused;
import io.jobyard.store.JobView;
import io.jobyard.store.Limits;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.StoredJson;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes waiting jobs over from another store, as they are. Safe for any thread. */
final class Adopting {
  private static final String NEW =
      """
      with new as materialized (
        select n.*
          from unnest(?::uuid[], ?::text[], ?::int[], ?::int[], ?::bigint[], ?::bigint[],
                      ?::bigint[], ?::bigint[], ?::int[], ?::int[], ?::int[], ?::int[], ?::int[],
                      ?::text[], ?::text[], ?::int[], ?::text[], ?::uuid[], ?::text[], ?::text[],
                      ?::text[], ?::bytea[], ?::int[], ?::int[]) with ordinality
               as n (id, external_id, queue, priority, fence, pushed_at, run_at, started_at, failed,
                     crashed, lost, handler_crashes, phase, kind, codec, codec_version, settings,
                     parent_id, meta, errors, log, payload, slot, task, nth)
         where (select j.id from {t}jobs j where j.id = n.id) is null
           and (select f.id from {t}finished f where f.id = n.id) is null
      ),
      """;

  /** A conflict fails, and with it the list. */
  static final String ADOPT =
      NEW
          + """
          claimed as (
            insert into {t}external (external_id, id)
            select external_id, id from new where external_id is not null
          ), inserted as (
            insert into {t}jobs
                   (seq, id, external_id, queue, priority, fence, pushed_at, run_at,
                    started_at, failed, crashed, lost, handler_crashes, phase, kind, codec,
                    codec_version, settings, parent_id, meta, errors, log, payload, slot, task)
            select nextval('{t}seq'), n.*
              from (select id, external_id, queue, priority, fence, pushed_at, run_at, started_at, failed, crashed, lost,
                           handler_crashes, phase, kind, codec, codec_version, settings,
                           parent_id, meta, errors, log, payload, slot, task
                      from new
                     order by nth) n
            returning seq, run_at, fence, id, queue, priority, octet_length(payload) as bytes, slot
          ), lined as (
            insert into {t}line ({waiting})
            select {waiting} from inserted where run_at <= {now}
          ), postponed as (
            insert into {t}later ({waiting})
            select {waiting} from inserted where run_at > {now}
          )
          select count(*) from inserted
          """
              .replace("{waiting}", Endings.WAITING);

  private static final String UNIQUE_VIOLATION = "23505";

  private final Pool pool;
  private final Queues queues;
  private final Bell bell;
  private final String adopt;
  private final String owner;

  Adopting(Pool pool, Sql sql, Queues queues, Bell bell) {
    this.pool = pool;
    this.queues = queues;
    this.bell = bell;
    this.adopt = sql.fill(ADOPT);
    this.owner = sql.fill(Inserts.EXTERNAL);
  }

  int adopt(List<JobView> jobs) {
    Limits.checkAdoption(jobs);
    jobs.forEach(job -> queues.number(job.queue()));
    if (jobs.isEmpty()) {
      return 0;
    }
    int adopted = pool.run(db -> adopt(db, jobs));
    jobs.stream().map(JobView::queue).distinct().forEach(bell::back);
    return adopted;
  }

  private int adopt(Db db, List<JobView> jobs) throws SQLException {
    Columns<JobView> column = new Columns<>(db, jobs);
    try {
      Integer adopted =
          db.first(
              adopt,
              row -> row.getInt(1),
              column.uuids(JobView::id),
              column.texts(JobView::externalId),
              column.ints(job -> queues.known(job.queue())),
              column.ints(JobView::priority),
              column.longs(JobView::fence),
              column.longs(job -> job.pushedAt().toEpochMilli()),
              column.longs(job -> job.runAt().toEpochMilli()),
              column.nullableLongs(
                  job -> job.startedAt() == null ? null : job.startedAt().toEpochMilli()),
              column.ints(job -> job.counts().failed()),
              column.ints(job -> job.counts().crashed()),
              column.ints(job -> job.counts().lost()),
              column.ints(job -> job.counts().handlerCrashes()),
              column.ints(job -> Codes.of(job.phase())),
              column.texts(JobView::kind),
              column.texts(job -> job.payload().codec()),
              column.ints(job -> job.payload().version()),
              column.texts(job -> StoredJson.settings(job.settings())),
              column.uuids(JobView::parentId),
              column.texts(JobView::meta),
              column.texts(job -> bracketed(StoredJson.elements(job.errors()))),
              column.texts(job -> bracketed(StoredJson.textElements(job.log()))),
              column.bytes(job -> job.payload().bytes()),
              column.nullableInts(JobView::slot),
              column.ints(job -> job.task() ? 1 : 0));
      return adopted == null ? 0 : adopted;
    } catch (SQLException e) {
      if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
        throw refusal(db, jobs);
      }
      throw e;
    }
  }

  /** Nothing was stored; who has the external id is here, or in the list itself. */
  private PushRefused refusal(Db db, List<JobView> jobs) throws SQLException {
    Map<String, UUID> owners = new HashMap<>();
    List<JobView> external = jobs.stream().filter(job -> job.externalId() != null).toList();
    db.each(
        owner,
        row -> {
          owners.put(row.getString(1), row.getObject(2, UUID.class));
          return true;
        },
        new Columns<>(db, external).texts(JobView::externalId));
    for (JobView job : external) {
      UUID holder = owners.putIfAbsent(String.valueOf(job.externalId()), job.id());
      if (holder != null && !holder.equals(job.id())) {
        return Limits.externalIdTaken(job, holder);
      }
    }
    return new PushRefused(
        "an external id of these jobs was taken and is free again by now; try again");
  }

  private static @Nullable String bracketed(@Nullable String elements) {
    return elements == null ? null : "[" + elements + "]";
  }
}
