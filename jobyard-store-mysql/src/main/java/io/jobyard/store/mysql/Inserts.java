package io.jobyard.store.mysql;

import io.jobyard.store.NewJob;
import io.jobyard.store.NewJob.Due;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.JobRows;
import io.jobyard.store.jdbc.StoredJson;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Puts new jobs into the table, many with one statement, within whatever transaction they come to
 * be. Stateless.
 *
 * <p>A plain insert, which locks nothing but its rows: the unique indexes tell what is there
 * already, and only then is it looked up and left out. {@code insert ignore} would hide other
 * errors, {@code on duplicate key} locks gaps and deadlocks.
 */
final class Inserts {
  /** A statement has at most so many rows, and about so many bytes: far below any packet. */
  private static final int ROWS = 500;

  private static final int BYTES = 2 * 1024 * 1024;
  private static final int TRIES = 10;

  private static final String INSERT =
      """
      insert into {t}jobs
             (id, external_id, queue, state, place, priority, slot, run_at, pushed_at, task, kind,
              codec, codec_version, settings, unique_key, partition_key, parent_id, meta, size,
              payload)
      values \
      """;

  private static final String ROW = "(" + Tx.marks(20) + ")";

  private static final String BY_NAME =
      """
      select convert(external_id using utf8mb4), id
        from {t}jobs
       where external_id in ({in})
      """;

  private static final String BY_ID = "select id from {t}jobs where id in ({in})";

  /** Sees what was committed since the transaction began, whatever its isolation level. */
  private static final String LATEST = " lock in share mode";

  private final Queues queues;

  Inserts(Queues queues) {
    this.queues = queues;
  }

  /** Inserts; returns the ids under which the jobs are known, in the same order. */
  List<UUID> insert(Tx tx, List<NewJob> jobs, long now) throws SQLException {
    for (int tries = 1; ; tries++) {
      Map<String, UUID> owners = owners(tx, jobs, tries);
      Set<UUID> present = tries == 1 ? new HashSet<>() : present(tx, jobs);
      List<UUID> ids = new ArrayList<>(jobs.size());
      List<NewJob> fresh = new ArrayList<>(jobs.size());
      for (NewJob job : jobs) {
        UUID owner =
            job.externalId() == null ? null : owners.putIfAbsent(job.externalId(), job.id());
        ids.add(owner == null ? job.id() : owner);
        if ((owner == null || owner.equals(job.id())) && present.add(job.id())) {
          fresh.add(job);
        }
      }
      try {
        insertAll(tx, fresh, now);
        return ids;
      } catch (SQLException e) {
        if (e.getErrorCode() != MysqlErrors.DUPLICATE || tries == TRIES) {
          throw e;
        }
      }
    }
  }

  static Set<UUID> present(Tx tx, Collection<UUID> ids) throws SQLException {
    Object[] bytes = ids.stream().map(Codes::bytes).toArray();
    return ids.isEmpty()
        ? new HashSet<>()
        : new HashSet<>(
            tx.list(
                BY_ID.replace("{in}", Tx.marks(bytes.length)) + LATEST,
                row -> JobRows.id(row, 1),
                bytes));
  }

  static Map<String, UUID> owners(Tx tx, List<String> names, boolean latest) throws SQLException {
    Map<String, UUID> owners = new HashMap<>();
    if (!names.isEmpty()) {
      tx.each(
          BY_NAME.replace("{in}", Tx.marks(names.size())) + (latest ? LATEST : ""),
          row -> owners.put(row.getString(1), JobRows.id(row, 2)) == null,
          names.stream().map(Tx::bytes).toArray());
    }
    return owners;
  }

  private static Map<String, UUID> owners(Tx tx, List<NewJob> jobs, int tries) throws SQLException {
    List<String> names = new ArrayList<>();
    for (NewJob job : jobs) {
      if (job.externalId() != null) {
        names.add(job.externalId());
      }
    }
    return owners(tx, names, tries > 1);
  }

  private static Set<UUID> present(Tx tx, List<NewJob> jobs) throws SQLException {
    return present(tx, jobs.stream().map(NewJob::id).toList());
  }

  private void insertAll(Tx tx, List<NewJob> jobs, long now) throws SQLException {
    List<@Nullable Object> parameters = new ArrayList<>();
    int rows = 0;
    long bytes = 0;
    for (NewJob job : jobs) {
      long size = size(job);
      if (rows == ROWS || (rows > 0 && bytes + size > BYTES)) {
        insertRows(tx, rows, parameters);
        parameters.clear();
        rows = 0;
        bytes = 0;
      }
      parameters.addAll(Arrays.asList(row(job, now)));
      rows++;
      bytes += size;
    }
    if (rows > 0) {
      insertRows(tx, rows, parameters);
    }
  }

  private static void insertRows(Tx tx, int rows, List<@Nullable Object> parameters)
      throws SQLException {
    tx.update(INSERT + ROW + ("," + ROW).repeat(rows - 1), parameters.toArray());
  }

  /** At most; the driver may write two bytes for one. */
  private static long size(NewJob job) {
    return 1_000L
        + 2L * job.payload().bytes().length
        + (job.meta() == null ? 0 : 4L * job.meta().length());
  }

  private @Nullable Object[] row(NewJob job, long now) {
    long runAt =
        switch (job.due()) {
          case Due.In(var delay) -> Millis.after(now, delay);
          case Due.At(var instant) -> Math.max(now, Millis.of(instant));
        };
    boolean ready = runAt <= now;
    return new @Nullable Object[] {
      Codes.bytes(job.id()),
      Tx.bytesOrNull(job.externalId()),
      queues.known(job.queue()),
      ready ? Codes.READY : Codes.SCHEDULED,
      ready ? job.priority() : runAt,
      job.priority(),
      job.slot(),
      runAt,
      now,
      job.task() ? 1 : 0,
      Tx.bytes(job.kind()),
      job.payload().codec(),
      job.payload().version(),
      StoredJson.settings(job.settings()),
      Tx.bytesOrNull(job.uniqueKey()),
      Tx.bytesOrNull(job.partitionKey()),
      job.parentId() == null ? null : Codes.bytes(job.parentId()),
      job.meta(),
      job.payload().bytes().length,
      job.payload().bytes()
    };
  }
}
