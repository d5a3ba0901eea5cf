package io.jobyard.store.mysql;

import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.Slots;
import io.jobyard.store.jdbc.JobRows;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Hands out jobs. One look tells whether there is anything to take, and is all that an idle queue
 * costs. Then, in one transaction: what is due joins the line, the head of the line is locked,
 * passing over what others have locked, read, and marked RUNNING. Rows are locked by the index that
 * they are read by, in its order, without gaps. Safe for any thread.
 */
final class Leasing {
  /** So many due jobs join the line at a time, so that no lease takes long. */
  private static final int PROMOTED_AT_ONCE = 1_000;

  static final String LOOK =
      """
      select {now},
             q.paused = 0 and exists (select 1 from {t}sessions where number = ?),
             exists (select 1 from {t}jobs force index (line) where state = 0 and queue = q.number),
             (select min(place) from {t}jobs force index (line) where state = 1 and queue = q.number)
        from {t}queues q
       where q.number = ?
      """;

  static final String DUE =
      """
      select seq
        from {t}jobs force index (line)
       where state = 1
         and queue = ?
         and place <= ?
       order by place, seq
       limit ?
         for update skip locked
      """;

  private static final String PROMOTE =
      """
      update {t}jobs force index (primary)
         set state = 0,
             place = priority
       where seq in ({in})
      """;

  static final String NEXT_DUE =
      """
      select min(place)
        from {t}jobs force index (line)
       where state = 1
         and queue = ?
      """;

  static final String HEAD =
      """
      select seq, size
        from {t}jobs force index (line)
       where state = 0
         and queue = ?{and}
       order by place, seq
       limit ?
         for update skip locked
      """;

  /** The youngest of one priority; both products read an index backwards, but not half of it. */
  static final String TAIL =
      """
      select seq, size
        from {t}jobs force index (line)
       where state = 0
         and queue = ?
         and place = ?{and}
       order by seq desc
       limit ?
         for update skip locked
      """;

  private static final String NEXT_PLACE =
      """
      select min(place)
        from {t}jobs force index (line)
       where state = 0
         and queue = ?
         and place > ?
      """;

  private static final String READ =
      """
      select seq, fence, id, task, settings, failed, crashed, lost, handler_crashes, phase,
             convert(kind using utf8mb4), payload, codec, codec_version, priority, slot, run_at,
             case when phase = 1 then errors end, meta
        from {t}jobs force index (primary)
       where seq in ({in})
      """;

  /** One random number for all, and each job's own out of it. */
  private static final String TAKE =
      """
      update {t}jobs force index (primary)
         set state = 2,
             place = 0,
             fence = fence + 1,
             token = cast((? ^ seq) as signed),
             session = ?,
             started_at = ?
       where seq in ({in})
      """;

  /** Whoever leases from a limited queue has this row until the end, so that each sees the rest. */
  private static final String TURN = "select number from {t}queues where number = ? for update";

  private static final String RUNNING =
      """
      select count(*)
        from {t}jobs force index (line)
       where state = 2
         and queue = ?
         and session in (select number from {t}sessions)
      """;

  private final Database database;
  private final Queues queues;
  private final SecureRandom random = new SecureRandom();

  Leasing(Database database, Queues queues) {
    this.database = database;
    this.queues = queues;
  }

  Leased lease(LeaseRequest request) {
    int queue = queues.number(request.queue());
    Look look =
        database.<@Nullable Look>read(tx ->
            tx.first(
                LOOK,
                row -> {
                  long due = row.getLong(4);
                  return new Look(
                      row.getLong(1),
                      row.getInt(2) != 0,
                      row.getInt(3) != 0,
                      row.wasNull() || due == 0 ? null : due);
                },
                request.session().number(),
                queue));
    if (look == null || !look.open) {
      return new Leased(List.of(), null);
    }
    boolean due = look.due != null && look.due <= look.now;
    if (!look.ready && !due) {
      return new Leased(List.of(), wait(look.due, look.now));
    }
    return database.write(tx -> {
      if (due) {
        promote(tx, queue, look.now, request.count());
      }
      List<Lease> leases = take(tx, request, queue, look.now);
      boolean filled = leases.size() == request.count();
      Long next = filled ? null : tx.first(NEXT_DUE, row -> nullable(row.getLong(1)), queue);
      return new Leased(leases, filled ? null : wait(next, look.now));
    });
  }

  /** No due time is 0: what is due is stored by the time it was pushed. */
  private static Long nullable(long value) {
    return value;
  }

  private static @Nullable Duration wait(@Nullable Long due, long now) {
    return due == null || due == 0 ? null : Duration.ofMillis(Math.max(0, due - now));
  }

  private static void promote(Tx tx, int queue, long now, int count) throws SQLException {
    List<Long> due =
        tx.list(DUE, row -> row.getLong(1), queue, now, Math.max(PROMOTED_AT_ONCE, count));
    if (!due.isEmpty()) {
      tx.update(PROMOTE.replace("{in}", Tx.numbers(due)));
    }
  }

  private List<Lease> take(Tx tx, LeaseRequest request, int queue, long now) throws SQLException {
    int count = request.count();
    if (request.limit() > 0) {
      tx.first(TURN, row -> row.getInt(1), queue);
      Long running = tx.first(RUNNING, row -> row.getLong(1), queue);
      count = (int) Math.min(count, request.limit() - (running == null ? 0 : running));
      if (count <= 0) {
        return List.of();
      }
    }
    List<Long> seqs = fitting(head(tx, request, queue, count), request.bytes());
    if (seqs.isEmpty()) {
      return List.of();
    }
    long token = random.nextLong();
    Map<Long, Lease> read = new HashMap<>();
    tx.each(
        READ.replace("{in}", Tx.numbers(seqs)),
        row ->
            read.put(
                    row.getLong(1),
                    JobRows.lease(row, request.queue(), row.getLong(2) + 1, token ^ row.getLong(1)))
                == null);
    tx.update(TAKE.replace("{in}", Tx.numbers(seqs)), token, request.session().number(), now);
    return seqs.stream().map(seq -> Objects.requireNonNull(read.get(seq))).toList();
  }

  private static List<Job> head(Tx tx, LeaseRequest request, int queue, int count)
      throws SQLException {
    List<Object> filter = new ArrayList<>();
    String and = and(request, filter);
    return switch (request.order()) {
      case FIFO -> oldest(tx, and, filter, queue, count);
      case LIFO -> youngest(tx, and, filter, queue, count);
    };
  }

  private static List<Job> oldest(Tx tx, String and, List<Object> filter, int queue, int count)
      throws SQLException {
    List<Object> parameters = new ArrayList<>(List.of(queue));
    parameters.addAll(filter);
    parameters.add(count);
    return tx.list(HEAD.replace("{and}", and), Job::of, parameters.toArray());
  }

  private static List<Job> youngest(Tx tx, String and, List<Object> filter, int queue, int count)
      throws SQLException {
    List<Job> jobs = new ArrayList<>();
    long place = Long.MIN_VALUE;
    while (jobs.size() < count) {
      Long next =
          tx.first(
              NEXT_PLACE,
              row -> {
                long found = row.getLong(1);
                return row.wasNull() ? Long.MIN_VALUE : found;
              },
              queue,
              place);
      if (next == null || next == Long.MIN_VALUE) {
        break;
      }
      place = next;
      List<Object> parameters = new ArrayList<>(List.of(queue, place));
      parameters.addAll(filter);
      parameters.add(count - jobs.size());
      jobs.addAll(tx.list(TAIL.replace("{and}", and), Job::of, parameters.toArray()));
    }
    return jobs;
  }

  private static String and(LeaseRequest request, List<Object> parameters) {
    StringBuilder and = new StringBuilder();
    if (!request.kinds().isEmpty()) {
      and.append("\n   and kind in (").append(Tx.marks(request.kinds().size())).append(')');
      request.kinds().forEach(kind -> parameters.add(Tx.bytes(kind)));
    }
    Slots slots = request.slots();
    if (slots != null && slots.free().isEmpty()) {
      and.append("\n   and slot is null");
    } else if (slots != null && slots.free().size() < slots.processes()) {
      and.append("\n   and (slot is null or mod(slot, ").append(slots.processes()).append(") in (");
      and.append(slots.free().stream().map(String::valueOf).collect(Collectors.joining(",")));
      and.append("))");
    }
    return and.toString();
  }

  /** As many from the front as there is room for; the first always fits. */
  private static List<Long> fitting(List<Job> jobs, long bytes) {
    List<Long> seqs = new ArrayList<>(jobs.size());
    long left = bytes;
    for (Job job : jobs) {
      left -= job.size;
      if (left < 0 && !seqs.isEmpty()) {
        break;
      }
      seqs.add(job.seq);
    }
    return seqs;
  }

  /**
   * What there is to take.
   *
   * @param due when the next SCHEDULED job is due; null where there is none
   */
  private record Look(long now, boolean open, boolean ready, @Nullable Long due) {}

  private record Job(long seq, long size) {
    static Job of(java.sql.ResultSet row) throws SQLException {
      return new Job(row.getLong(1), row.getLong(2));
    }
  }
}
