package io.jobyard.store.mysql;

import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Order;
import io.jobyard.store.Slots;
import io.jobyard.store.jdbc.Head.Begin;
import io.jobyard.store.jdbc.Head.Place;
import io.jobyard.store.jdbc.JobRows;
import io.jobyard.store.jdbc.RowMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A queue's READY jobs in their order: locked and read in one statement, passing over what others
 * have locked, as many as fit. Stateless.
 */
final class Line {
  /** Payloads up to this size come with the line, larger ones once it is known that they fit. */
  private static final int SMALL = 4_096;

  private static final String COLUMNS =
      """
      select seq, fence, id, task, settings, failed, crashed, lost, handler_crashes, phase,
             convert(kind using utf8mb4), {payload}, codec, codec_version, priority, slot, run_at,
             case when phase = 1 then errors end, meta, size
      """;

  static final String HEAD =
      COLUMNS.replace("{payload}", "case when size <= " + SMALL + " then payload end")
          + """
            from {t}jobs force index (line)
           where state = 0
             and queue = ?
             and (place > ? or (place = ? and seq > ?)){and}
           order by place, seq
           limit ?
             for update skip locked
          """;

  /** The youngest of one priority; both products read an index backwards, but not half of it. */
  static final String TAIL =
      COLUMNS.replace("{payload}", "case when size <= " + SMALL + " then payload end")
          + """
            from {t}jobs force index (line)
           where state = 0
             and queue = ?
             and place = ?{and}
           order by seq desc
           limit ?
             for update skip locked
          """;

  private static final String READ =
      COLUMNS.replace("{payload}", "payload")
          + """
            from {t}jobs force index (primary)
           where seq in ({in})
          """;

  private static final String NEXT_PLACE =
      """
      select min(place)
        from {t}jobs force index (line)
       where state = 0
         and queue = ?
         and place > ?
      """;

  private Line() {}

  /**
   * Reads the first in line as leases, and locks them for the transaction.
   *
   * @param random what their {@link Token}s come from
   */
  static List<Lease> read(
      Tx tx, LeaseRequest request, int queue, Begin begin, int count, long random)
      throws SQLException {
    RowMapper<Job> mapper = row -> Job.of(row, request.queue(), random);
    List<Job> jobs = fitting(head(tx, request, mapper, queue, begin, count), request.bytes());
    return whole(tx, jobs, mapper);
  }

  private static List<Job> head(
      Tx tx, LeaseRequest request, RowMapper<Job> mapper, int queue, Begin begin, int count)
      throws SQLException {
    List<Object> filter = new ArrayList<>();
    String and = and(request, filter);
    if (request.order() == Order.LIFO) {
      return youngest(tx, TAIL.replace("{and}", and), mapper, filter, queue, count);
    }
    Place place = begin.place();
    List<Object> parameters = new ArrayList<>();
    parameters.addAll(List.of(queue, place.priority(), place.priority(), place.seq()));
    parameters.addAll(filter);
    parameters.add(count);
    return tx.list(HEAD.replace("{and}", and), mapper, parameters.toArray());
  }

  private static List<Job> youngest(
      Tx tx, String tail, RowMapper<Job> mapper, List<Object> filter, int queue, int count)
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
      jobs.addAll(tx.list(tail, mapper, parameters.toArray()));
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
  private static List<Job> fitting(List<Job> jobs, long bytes) {
    long left = bytes;
    for (int i = 0; i < jobs.size(); i++) {
      left -= jobs.get(i).size;
      if (left < 0 && i > 0) {
        return jobs.subList(0, i);
      }
    }
    return jobs;
  }

  /** With the payloads that had been left out. */
  private static List<Lease> whole(Tx tx, List<Job> jobs, RowMapper<Job> mapper)
      throws SQLException {
    List<Job> large = jobs.stream().filter(job -> job.size > SMALL).toList();
    Map<Long, Lease> read = new HashMap<>();
    if (!large.isEmpty()) {
      for (Job job :
          tx.list(
              READ.replace("{in}", Tx.numbers(large.stream().map(Job::seq).toList())), mapper)) {
        read.put(job.seq(), job.lease);
      }
    }
    return jobs.stream().map(job -> read.getOrDefault(job.seq(), job.lease)).toList();
  }

  private record Job(Lease lease, long size) {
    static Job of(ResultSet row, String queue, long random) throws SQLException {
      long token = Token.of(random, row.getLong(1), JobRows.id(row, 3));
      Lease lease = JobRows.lease(row, queue, row.getLong(2) + 1, token);
      return new Job(lease, row.getLong(20));
    }

    long seq() {
      return lease.standing().key().seq();
    }
  }
}
