package io.jobyard.store.mysql;

import io.jobyard.store.JobView;
import io.jobyard.store.Limits;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.StoredJson;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes waiting jobs of another store over, within a transaction of the caller. Stateless. */
final class Adoption {
  private static final String ADOPT =
      """
      insert into {t}jobs
             (id, external_id, queue, state, place, priority, slot, fence, run_at, pushed_at,
              started_at, failed, crashed, lost, handler_crashes, phase, task, kind, codec,
              codec_version, settings, parent_id, meta, errors, log, size, payload)
      values (%s)
      """
          .formatted(Tx.marks(27));

  private final Queues queues;

  Adoption(Queues queues) {
    this.queues = queues;
  }

  /** Returns how many were new. */
  int adopt(Tx tx, List<JobView> jobs, long now) throws SQLException {
    Set<UUID> present = Inserts.present(tx, jobs.stream().map(JobView::id).toList());
    List<JobView> fresh = jobs.stream().filter(job -> present.add(job.id())).toList();
    requireNamesFree(tx, fresh);
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (JobView job : fresh) {
      rows.add(row(job, now));
    }
    tx.batch(ADOPT, rows);
    return fresh.size();
  }

  private static void requireNamesFree(Tx tx, List<JobView> jobs) throws SQLException {
    List<String> names = new ArrayList<>();
    for (JobView job : jobs) {
      if (job.externalId() != null) {
        names.add(job.externalId());
      }
    }
    Map<String, UUID> owners = new HashMap<>(Inserts.owners(tx, names, true));
    for (JobView job : jobs) {
      if (job.externalId() != null) {
        UUID owner = owners.putIfAbsent(job.externalId(), job.id());
        if (owner != null) {
          throw Limits.externalIdTaken(job, owner);
        }
      }
    }
  }

  private @Nullable Object[] row(JobView job, long now) {
    long runAt = job.runAt().toEpochMilli();
    boolean ready = runAt <= now;
    return new @Nullable Object[] {
      Codes.bytes(job.id()),
      Tx.bytesOrNull(job.externalId()),
      queues.known(job.queue()),
      ready ? Codes.READY : Codes.SCHEDULED,
      ready ? job.priority() : runAt,
      job.priority(),
      job.slot(),
      job.fence(),
      runAt,
      job.pushedAt().toEpochMilli(),
      job.startedAt() == null ? 0L : (Long) job.startedAt().toEpochMilli(),
      job.counts().failed(),
      job.counts().crashed(),
      job.counts().lost(),
      job.counts().handlerCrashes(),
      Codes.of(job.phase()),
      job.task() ? 1 : 0,
      Tx.bytes(job.kind()),
      job.payload().codec(),
      job.payload().version(),
      StoredJson.settings(job.settings()),
      job.parentId() == null ? null : Codes.bytes(job.parentId()),
      job.meta(),
      array(StoredJson.elements(job.errors())),
      array(StoredJson.textElements(job.log())),
      job.payload().bytes().length,
      job.payload().bytes()
    };
  }

  private static @Nullable String array(@Nullable String elements) {
    return elements == null ? null : "[" + elements + "]";
  }
}
