package io.jobyard.store.sqlite;

import io.jobyard.store.Counts;
import io.jobyard.store.Limits;
import io.jobyard.store.Phase;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Moves jobs out of the live table: into {@code jobyard_finished}, or away with a count. Stateless;
 * works within the transaction of whoever calls.
 */
final class Endings {
  static final String REMOVE =
      """
      delete from jobyard_jobs
       where seq = ?
         and fence = ?
         and token = ?
         and id = ?
         and state = 2
      """;

  /** The history with room for one more: the oldest errors stay, then the oldest but those go. */
  static final String HISTORY =
      "json_remove(errors, case when json_array_length(errors) >= %d then '$[%d]' else '$.x' end)"
          .formatted(Limits.MAX_ERRORS, Limits.FIRST_ERRORS);

  private static final String COPY =
      """
      insert into jobyard_finished
             (seq, id, queue, state, priority, slot, fence, run_at, pushed_at, started_at, finished_at,
              expires_at, failed, crashed, lost, handler_crashes, phase, task, kind, codec,
              codec_version, settings, external_id, unique_key, partition_key, parent_id, meta,
              errors, log, result, payload)
      select seq, id, queue, ?2, priority, slot, fence, run_at, pushed_at, started_at, ?3,
             ?4, coalesce(?5, failed), coalesce(?6, crashed), coalesce(?7, lost),
             coalesce(?8, handler_crashes), coalesce(?9, phase), task, kind, codec,
             codec_version, settings, external_id, unique_key, partition_key, parent_id, meta,
             case when ?10 is null
                  then errors
                  else coalesce(substr({history}, 1, length({history}) - 1) || ',', '[')
                       || ?10 || ']'
             end,
             case when ?11 is null
                  then log
                  else coalesce(substr(log, 1, length(log) - 1) || ',', '[') || ?11 || ']'
             end,
             ?12, payload
        from jobyard_jobs
       where seq = ?1
      """
          .replace("{history}", HISTORY);

  private static final String DELETE = "delete from jobyard_jobs where seq = ?";

  private static final String COUNT =
      """
      insert into jobyard_counters (queue, node, succeeded, forgotten)
      values (?, ?, ?, ?)
      on conflict (queue, node) do update
         set succeeded = succeeded + excluded.succeeded,
             forgotten = forgotten + excluded.forgotten
      """;

  /** Moves a live job to the finished ones; the caller has made sure that it may. */
  void move(Db db, long seq, Ending ending) throws SQLException {
    Counts counts = ending.counts;
    db.update(
        COPY,
        seq,
        ending.state,
        ending.now,
        ending.expiresAt,
        counts == null ? null : counts.failed(),
        counts == null ? null : counts.crashed(),
        counts == null ? null : counts.lost(),
        counts == null ? null : counts.handlerCrashes(),
        ending.phase == null ? null : Codes.of(ending.phase),
        ending.errors,
        ending.log,
        ending.result);
    db.update(DELETE, seq);
  }

  /** Adds to a queue's counters, in the row of this node. */
  void count(Db db, int queue, String node, long succeeded, long forgotten) throws SQLException {
    db.update(COUNT, queue, node, succeeded, forgotten);
  }

  /**
   * How a job ends; null leaves what it has.
   *
   * @param expiresAt when it may be purged; null means never
   * @param errors JSON elements to add
   * @param log JSON elements to add
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Ending(
      int state,
      long now,
      @Nullable Long expiresAt,
      @Nullable Counts counts,
      @Nullable Phase phase,
      @Nullable String errors,
      @Nullable String log,
      byte @Nullable [] result) {
    static Ending cancelled(long now) {
      return new Ending(Codes.CANCELLED, now, null, null, null, null, null, null);
    }
  }
}
