package io.jobyard.store.jdbc;

import io.jobyard.store.Counts;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.Payload;
import io.jobyard.store.Phase;
import io.jobyard.store.Standing;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the job tables as records. A store's statements select the columns in the order written
 * at each method; moments are stored as milliseconds since 1970, ids as sixteen bytes.
 */
public final class JobRows {
  private JobRows() {}

  /**
   * A lease: seq, fence, id, task, settings, failed, crashed, lost, handler_crashes, phase, kind,
   * payload, codec, codec_version, priority, ready_at, errors, meta.
   *
   * @param fence the lease's own, one above the row's
   */
  public static Lease lease(ResultSet row, String queue, long fence, long token)
      throws SQLException {
    LeaseKey key = new LeaseKey(Codes.uuid(row.getBytes(3)), row.getLong(1), fence, token);
    Phase phase = Codes.phase(row.getInt(10));
    Standing standing =
        new Standing(
            key,
            queue,
            row.getInt(4) != 0,
            StoredJson.settings(row.getString(5)),
            counts(row, 6),
            phase);
    return new Lease(
        standing,
        row.getString(11),
        payload(row, 12),
        row.getInt(15),
        Instant.ofEpochMilli(row.getLong(16)),
        phase == Phase.RUN ? List.of() : StoredJson.failures(row.getString(17)),
        row.getString(18));
  }

  /**
   * A standing: seq, fence, token, id, queue's name, task, settings, failed, crashed, lost,
   * handler_crashes, phase.
   */
  public static Standing standing(ResultSet row) throws SQLException {
    return new Standing(
        key(row),
        row.getString(5),
        row.getInt(6) != 0,
        StoredJson.settings(row.getString(7)),
        counts(row, 8),
        Codes.phase(row.getInt(12)));
  }

  /** A lease's key: seq, fence, token, id. */
  public static LeaseKey key(ResultSet row) throws SQLException {
    return new LeaseKey(
        Codes.uuid(row.getBytes(4)), row.getLong(1), row.getLong(2), row.getLong(3));
  }

  /**
   * All of a job: seq, id, external_id, queue's name, kind, state, payload, codec, codec_version,
   * priority, settings, failed, crashed, lost, handler_crashes, phase, fence, pushed_at, run_at,
   * started_at, finished_at, node, cancel, errors, log, result, parent_id, meta.
   */
  public static JobView view(ResultSet row) throws SQLException {
    byte[] parent = row.getBytes(27);
    return new JobView(
        Codes.uuid(row.getBytes(2)),
        row.getLong(1),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        Codes.state(row.getInt(6)),
        payload(row, 7),
        row.getInt(10),
        StoredJson.settings(row.getString(11)),
        counts(row, 12),
        Codes.phase(row.getInt(16)),
        row.getLong(17),
        Instant.ofEpochMilli(row.getLong(18)),
        Instant.ofEpochMilli(row.getLong(19)),
        instant(row, 20),
        instant(row, 21),
        row.getString(22),
        row.getInt(23) != 0,
        StoredJson.failures(row.getString(24)),
        StoredJson.texts(row.getString(25)),
        row.getBytes(26),
        parent == null ? null : Codes.uuid(parent),
        row.getString(28));
  }

  /** An id column. */
  public static UUID id(ResultSet row, int column) throws SQLException {
    return Codes.uuid(row.getBytes(column));
  }

  private static Payload payload(ResultSet row, int from) throws SQLException {
    byte[] bytes = row.getBytes(from);
    return new Payload(
        bytes == null ? new byte[0] : bytes, row.getString(from + 1), row.getInt(from + 2));
  }

  private static Counts counts(ResultSet row, int from) throws SQLException {
    Counts counts =
        new Counts(
            row.getInt(from), row.getInt(from + 1), row.getInt(from + 2), row.getInt(from + 3));
    return counts.equals(Counts.ZERO) ? Counts.ZERO : counts;
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }
}
