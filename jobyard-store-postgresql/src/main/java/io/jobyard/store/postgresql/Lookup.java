package io.jobyard.store.postgresql;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobView;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.JobRows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Finds and lists jobs, live and finished ones alike, by one statement. Safe for any thread. */
final class Lookup {
  static final Set<JobState> LIVE =
      EnumSet.of(JobState.READY, JobState.SCHEDULED, JobState.RUNNING);
  static final Set<JobState> ENDED = EnumSet.complementOf(EnumSet.copyOf(LIVE));

  private static final int MAX_PAGE = 10_000;

  private static final String LIVE_VIEW =
      """
      select seq, uuid_send(id), external_id,
             (select name from {t}queues where number = queue) as queue, kind,
             case when leased_seq is not null then 2 when run_at > {now} then 1 else 0 end as state,
             payload, codec, codec_version, priority, slot, task, settings, failed, crashed, lost,
             handler_crashes, phase, coalesce(leased_fence, fence), pushed_at, run_at,
             coalesce(leased_at, started_at), null::bigint,
             (select node from {t}sessions where number = session) as node,
             coalesce(cancel, 0::smallint), errors, log, null::bytea, uuid_send(parent_id), meta
        from {t}jobs j
        left join lateral (select seq as leased_seq, fence as leased_fence,
                                  started_at as leased_at, session, cancel
                             from {t}leased l
                            where l.queue = j.queue
                              and l.seq = j.seq
                           offset 0) l
          on true
      """;

  private static final String ENDED_VIEW =
      """
      select seq, uuid_send(id), external_id,
             (select name from {t}queues where number = queue) as queue, kind,
             state, payload, codec,
             codec_version, priority, slot, task, settings, failed, crashed, lost,
             handler_crashes, phase, fence, pushed_at, run_at, started_at, finished_at,
             null, 0::smallint, errors, log,
             result, uuid_send(parent_id), meta
        from {t}finished j
      """;

  private static final String FIND =
      LIVE_VIEW + " where id = any (?)\n union all\n" + ENDED_VIEW + " where id = any (?)";

  private final Pool pool;
  private final Sql sql;
  private final String find;

  Lookup(Pool pool, Sql sql) {
    this.pool = pool;
    this.sql = sql;
    this.find = sql.fill(FIND);
  }

  List<JobView> find(Collection<UUID> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    return pool.repeat(db -> {
      Object array = db.connection().createArrayOf("uuid", Set.copyOf(ids).toArray());
      return db.list(find, JobRows::view, array, array);
    });
  }

  JobPage list(JobFilter filter, @Nullable String cursor, int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException(
          "a page's limit must be 1 to " + MAX_PAGE + ", got " + limit);
    }
    long below = cursor == null ? Long.MAX_VALUE : seq(cursor);
    // One more than asked for tells whether there is a page after.
    List<JobView> jobs = pool.repeat(db -> page(db, filter, below, limit + 1));
    if (jobs.size() <= limit) {
      return new JobPage(jobs, null);
    }
    List<JobView> page = jobs.subList(0, limit);
    return new JobPage(page, Long.toString(page.getLast().seq()));
  }

  private List<JobView> page(Db db, JobFilter filter, long below, int limit) throws SQLException {
    List<Object> parameters = new ArrayList<>();
    String statement =
        "("
            + part(LIVE_VIEW, new Filter(db, filter, LIVE), below, limit, parameters)
            + ")\nunion all\n("
            + part(ENDED_VIEW, new Filter(db, filter, ENDED), below, limit, parameters)
            + ")\norder by seq desc\nlimit ?";
    parameters.add(limit);
    return db.list(sql.fill(statement), JobRows::view, parameters.toArray());
  }

  private static String part(
      String view, Filter filter, long below, int limit, List<Object> parameters) {
    filter.and("seq < ?", below);
    parameters.addAll(filter.parameters());
    parameters.add(limit);
    return view + " where " + filter.sql() + "\n order by seq desc\n limit ?";
  }

  private static long seq(String cursor) {
    try {
      return Long.parseLong(cursor);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no page gave the cursor '" + cursor + "'", e);
    }
  }
}
