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
   * payload, codec, codec_version, priority, slot, ready_at, errors, meta.
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
        integer(row, 16),
        Instant.ofEpochMilli(row.getLong(17)),
        phase == Phase.RUN ? List.of() : StoredJson.failures(row.getString(18)),
        row.getString(19));
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
   * priority, slot, task, settings, failed, crashed, lost, handler_crashes, phase, fence,
   * pushed_at, run_at, started_at, finished_at, node, cancel, errors, log, result, parent_id, meta.
   */
  public static JobView view(ResultSet row) throws SQLException {
    byte[] parent = row.getBytes(29);
    return new JobView(
        Codes.uuid(row.getBytes(2)),
        row.getLong(1),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        Codes.state(row.getInt(6)),
        payload(row, 7),
        row.getInt(10),
        integer(row, 11),
        row.getInt(12) != 0,
        StoredJson.settings(row.getString(13)),
        counts(row, 14),
        Codes.phase(row.getInt(18)),
        row.getLong(19),
        Instant.ofEpochMilli(row.getLong(20)),
        Instant.ofEpochMilli(row.getLong(21)),
        instant(row, 22),
        instant(row, 23),
        row.getString(24),
        row.getInt(25) != 0,
        StoredJson.failures(row.getString(26)),
        StoredJson.texts(row.getString(27)),
        row.getBytes(28),
        parent == null ? null : Codes.uuid(parent),
        row.getString(30));
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

  private static @Nullable Integer integer(ResultSet row, int column) throws SQLException {
    int number = row.getInt(column);
    return row.wasNull() ? null : number;
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }
}
