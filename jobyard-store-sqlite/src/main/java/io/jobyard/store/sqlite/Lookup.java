package io.jobyard.store.sqlite;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobView;
import io.jobyard.store.jdbc.Codes;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.JobRows;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds and lists jobs, live and finished ones alike. Safe for any thread. */
final class Lookup {
  static final Set<JobState> LIVE =
      EnumSet.of(JobState.READY, JobState.SCHEDULED, JobState.RUNNING);
  static final Set<JobState> ENDED = EnumSet.complementOf(EnumSet.copyOf(LIVE));

  private static final int MAX_PAGE = 10_000;

  private static final String LIVE_VIEW =
      """
      select seq, id, external_id, (select name from jobyard_queues where number = queue), kind,
             case when state = 1 and run_at <= ? then 0 else state end, payload, codec,
             codec_version, priority, slot, task, settings, failed, crashed, lost,
             handler_crashes, phase, fence, pushed_at, run_at, started_at, null,
             (select node from jobyard_sessions where number = session), cancel, errors, log, null,
             parent_id, meta
        from jobyard_jobs
      """;

  private static final String ENDED_VIEW =
      """
      select seq, id, external_id, (select name from jobyard_queues where number = queue), kind,
             state, payload, codec, codec_version, priority, slot, task, settings, failed, crashed, lost,
             handler_crashes, phase, fence, pushed_at, run_at, started_at, finished_at,
             null, 0, errors, log, result,
             parent_id, meta
        from jobyard_finished
      """;

  /**
   * So many jobs of a queue and state are sorted; where there are more, the youngest rows of the
   * table are looked at instead, and enough of them are the queue's.
   */
  private static final int SORTED = 100_000;

  private static final String READY_INDEX = "jobyard_jobs_ready";
  private static final String SCHEDULED_INDEX = "jobyard_jobs_scheduled";
  private static final String RUNNING_INDEX = "jobyard_jobs_running";

  /** By an index alone, and no further than the limit. */
  private static final String MANY =
      """
      select count(*)
        from (select 1
                from jobyard_jobs indexed by {index}
               where queue = (select number from jobyard_queues where name = ?)
                 and state = {state}
               limit ?)
      """;

  private static final String OF_STATE =
      """
      select seq
               from jobyard_jobs indexed by {index}
              where queue = (select number from jobyard_queues where name = ?)
                and state = {state}
      """;

  static final String LIVE_BY_ID = LIVE_VIEW + " where id = ?";
  static final String ENDED_BY_ID = ENDED_VIEW + " where id = ?";

  private final Reader reader;
  private final InstantSource clock;

  Lookup(Reader reader, InstantSource clock) {
    this.reader = reader;
    this.clock = clock;
  }

  List<JobView> find(Collection<UUID> ids) {
    return reader.snapshot(db -> {
      List<JobView> found = new ArrayList<>();
      for (UUID id : Set.copyOf(ids)) {
        byte[] bytes = Codes.bytes(id);
        JobView live = db.first(LIVE_BY_ID, JobRows::view, clock.millis(), bytes);
        JobView job = live != null ? live : db.first(ENDED_BY_ID, JobRows::view, bytes);
        if (job != null) {
          found.add(job);
        }
      }
      return found;
    });
  }

  JobPage list(JobFilter filter, @Nullable String cursor, int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException(
          "a page's limit must be 1 to " + MAX_PAGE + ", got " + limit);
    }
    long now = clock.millis();
    long below = cursor == null ? Long.MAX_VALUE : seq(cursor);
    // One more than asked for tells whether there is a page after.
    List<JobView> jobs =
        reader.snapshot(db ->
            Stream.concat(
                    page(
                        db,
                        LIVE_VIEW,
                        List.of(now),
                        few(db, filter, new Filter(filter, LIVE, now)),
                        below,
                        limit + 1),
                    page(
                        db,
                        ENDED_VIEW,
                        List.of(),
                        new Filter(filter, ENDED, now),
                        below,
                        limit + 1))
                .sorted(Comparator.comparingLong(JobView::seq).reversed())
                .limit(limit + 1L)
                .toList());
    if (jobs.size() <= limit) {
      return new JobPage(jobs, null);
    }
    List<JobView> page = jobs.subList(0, limit);
    return new JobPage(page, Long.toString(page.getLast().seq()));
  }

  /** Without this a queue with few jobs is looked for among all the others'. */
  private static Filter few(Db db, JobFilter asked, Filter filter) throws SQLException {
    if (asked.queue() == null || !asked.ids().isEmpty() || !filter.possible()) {
      return filter;
    }
    List<String> parts = new ArrayList<>();
    List<Object> queues = new ArrayList<>();
    Set<JobState> states = asked.states().isEmpty() ? LIVE : asked.states();
    boolean ready = states.contains(JobState.READY);
    if (ready && !few(db, asked.queue(), READY_INDEX, Codes.READY, parts, queues)) {
      return filter;
    }
    // One whose time has come is READY, though no lease has seen it yet.
    if ((ready || states.contains(JobState.SCHEDULED))
        && !few(db, asked.queue(), SCHEDULED_INDEX, Codes.SCHEDULED, parts, queues)) {
      return filter;
    }
    if (states.contains(JobState.RUNNING)
        && !few(db, asked.queue(), RUNNING_INDEX, Codes.RUNNING, parts, queues)) {
      return filter;
    }
    if (!parts.isEmpty()) {
      filter.and(
          "seq in (" + String.join("\n             union all\n             ", parts) + ")",
          queues.toArray());
    }
    return filter;
  }

  private static boolean few(
      Db db, String queue, String index, int state, List<String> parts, List<Object> queues)
      throws SQLException {
    String number = Integer.toString(state);
    String many = MANY.replace("{index}", index).replace("{state}", number);
    Integer count = db.first(many, row -> row.getInt(1), queue, SORTED);
    if (count != null && count == SORTED) {
      return false;
    }
    parts.add(OF_STATE.replace("{index}", index).replace("{state}", number).strip());
    queues.add(queue);
    return true;
  }

  private static Stream<JobView> page(
      Db db, String view, List<Object> before, Filter filter, long below, int limit)
      throws SQLException {
    if (!filter.possible()) {
      return Stream.empty();
    }
    filter.and("seq < ?", below);
    String sql = view + " where " + filter.sql() + "\n order by seq desc\n limit ?";
    return db.list(sql, JobRows::view, filter.parameters(before, limit)).stream();
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
