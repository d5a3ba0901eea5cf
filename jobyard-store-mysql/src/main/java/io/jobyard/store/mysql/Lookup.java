package io.jobyard.store.mysql;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobView;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.JobRows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds and lists jobs. Safe for any thread. */
final class Lookup {
  private static final int MAX_PAGE = 10_000;
  private static final int IDS = 1_000;

  static final String VIEW =
      """
      select seq, id, convert(external_id using utf8mb4),
             (select convert(name using utf8mb4) from {t}queues where number = queue),
             convert(kind using utf8mb4),
             case when state = 1 and place <= {now} then 0 else state end, payload, codec,
             codec_version, priority, slot, task, settings, failed, crashed, lost,
             handler_crashes, phase, fence, pushed_at, run_at, nullif(started_at, 0),
             nullif(finished_at, 0),
             (select node from {t}sessions where number = session), cancel, errors, log, result,
             parent_id, meta
        from {t}jobs
      """;

  static final String BY_ID = VIEW + " where id in ({in})";

  private final Database database;

  Lookup(Database database) {
    this.database = database;
  }

  List<JobView> find(Collection<UUID> ids) {
    List<byte[]> all = Set.copyOf(ids).stream().map(Codes::bytes).toList();
    List<JobView> found = new ArrayList<>();
    for (int from = 0; from < all.size(); from += IDS) {
      Object[] some = all.subList(from, Math.min(all.size(), from + IDS)).toArray();
      found.addAll(
          database.read(
              tx -> tx.list(BY_ID.replace("{in}", Tx.marks(some.length)), JobRows::view, some)));
    }
    return found;
  }

  JobPage list(JobFilter filter, @Nullable String cursor, int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException(
          "a page's limit must be 1 to " + MAX_PAGE + ", got " + limit);
    }
    long below = cursor == null ? Long.MAX_VALUE : seq(cursor);
    Filter which = new Filter(filter, EnumSet.allOf(JobState.class));
    which.and("seq < ?", below);
    String sql = VIEW + " where " + which.sql() + "\n order by seq desc\n limit ?";
    // One more than asked for tells whether there is a page after.
    List<JobView> jobs =
        database.read(tx -> tx.list(sql, JobRows::view, which.parameters(limit + 1)));
    if (jobs.size() <= limit) {
      return new JobPage(jobs, null);
    }
    List<JobView> page = jobs.subList(0, limit);
    return new JobPage(page, Long.toString(page.getLast().seq()));
  }

  private static long seq(String cursor) {
    try {
      return Long.parseLong(cursor);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + cursor + "' is not the next of a page; start again without it", e);
    }
  }
}
