package io.jobyard.store.sqlite;

import static java.util.Objects.requireNonNull;

import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.Standing;
import io.jobyard.store.jdbc.Db;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Hands out jobs, all in one transaction: what is due joins the line, the head of the line is read
 * in order, and those jobs are marked RUNNING with one statement. Safe for any thread.
 */
final class Leasing {
  /** So many due jobs join the line at a time, so that no lease takes long. */
  private static final int PROMOTED_AT_ONCE = 1_000;

  static final String OPEN =
      """
      select 1
        from jobyard_queues
       where number = ?1
         and paused = 0
         and exists (select 1 from jobyard_sessions where number = ?2)
      """;

  static final String PROMOTE =
      """
      update jobyard_jobs
         set state = 0
       where seq in (select seq
                       from jobyard_jobs
                      where queue = ?1
                        and state = 1
                        and run_at <= ?2
                      order by run_at
                      limit ?3)
      """;

  /** Looks at no more leases than the limit; those of ended sessions do not count. */
  static final String LEASED =
      """
      select count(*)
        from (select 1
                from jobyard_sessions s
               cross join jobyard_jobs j on j.session = s.number
               where j.queue = ?
                 and j.state = 2
               limit ?)
      """;

  static final String TAKE =
      """
      update jobyard_jobs
         set state = 2,
             fence = fence + 1,
             token = random(),
             session = ?1,
             started_at = ?2
       where seq in (select value from json_each(?3))
      returning seq, token
      """;

  static final String NEXT_DUE =
      """
      select run_at
        from jobyard_jobs
       where queue = ?
         and state = 1
       order by run_at
       limit 1
      """;

  private final Writer writer;
  private final Queues queues;
  private final InstantSource clock;

  Leasing(Writer writer, Queues queues, InstantSource clock) {
    this.writer = writer;
    this.queues = queues;
    this.clock = clock;
  }

  Leased lease(LeaseRequest request) {
    int queue = queues.number(request.queue());
    return writer.write(db -> {
      long now = clock.millis();
      if (db.first(OPEN, row -> true, queue, request.session().number()) == null) {
        return new Leased(List.of(), null);
      }
      db.update(PROMOTE, queue, now, Math.max(PROMOTED_AT_ONCE, request.count()));
      List<Lease> leases = take(db, request, head(db, request, queue), now);
      return new Leased(leases, leases.size() == request.count() ? null : nextDue(db, queue, now));
    });
  }

  private static List<Lease> head(Db db, LeaseRequest request, int queue) throws SQLException {
    int room = room(db, request, queue);
    return room == 0 ? List.of() : new Head(db, request, queue).read(room);
  }

  /** How many the queue's limit leaves. The write lock is held: nobody else takes any meanwhile. */
  private static int room(Db db, LeaseRequest request, int queue) throws SQLException {
    if (request.limit() == 0) {
      return request.count();
    }
    Integer leased = db.first(LEASED, row -> row.getInt(1), queue, request.limit());
    return Math.min(request.count(), request.limit() - requireNonNull(leased));
  }

  private static List<Lease> take(Db db, LeaseRequest request, List<Lease> head, long now)
      throws SQLException {
    if (head.isEmpty()) {
      return List.of();
    }
    Map<Long, Long> tokens = HashMap.newHashMap(head.size());
    String seqs =
        head.stream()
            .map(lease -> Long.toString(lease.key().seq()))
            .collect(Collectors.joining(",", "[", "]"));
    db.each(
        TAKE,
        row -> {
          tokens.put(row.getLong(1), row.getLong(2));
          return true;
        },
        request.session().number(),
        now,
        seqs);
    return head.stream().map(lease -> withToken(lease, tokens)).toList();
  }

  private static Lease withToken(Lease lease, Map<Long, Long> tokens) {
    Long token = tokens.get(lease.key().seq());
    if (token == null) {
      throw new IllegalStateException(
          "job " + lease.key().id() + " was read but could not be taken");
    }
    Standing was = lease.standing();
    LeaseKey key = new LeaseKey(was.key().id(), was.key().seq(), was.key().fence(), token);
    return new Lease(
        new Standing(key, was.queue(), was.task(), was.settings(), was.counts(), was.phase()),
        lease.kind(),
        lease.payload(),
        lease.priority(),
        lease.slot(),
        lease.readyAt(),
        lease.errors(),
        lease.meta());
  }

  private static @Nullable Duration nextDue(Db db, int queue, long now) throws SQLException {
    Long due = db.first(NEXT_DUE, row -> row.getLong(1), queue);
    return due == null ? null : Duration.ofMillis(Math.max(0, due - now));
  }
}
