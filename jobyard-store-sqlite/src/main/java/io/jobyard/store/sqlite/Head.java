package io.jobyard.store.sqlite;

import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Order;
import io.jobyard.store.Slots;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.JobRows;
import io.jobyard.store.jdbc.StoredJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The jobs at the head of a queue's line, read in the order in which they go, by the index of ready
 * jobs alone. It runs from the oldest to the youngest within a priority, so the youngest are read
 * priority by priority, backwards: sorting them would take as long as the line. Kinds and slots are
 * asked for on the way; the slot is in the index, so that a row of jobs whose slot is busy is
 * passed over without a look at the jobs. Used by one thread, for one request.
 */
final class Head {
  private static final String SELECT =
      """
      select seq, fence, id, task, settings, failed, crashed, lost, handler_crashes, phase, kind,
             payload, codec, codec_version, priority, slot, run_at,
             case when phase = 1 then errors end, meta, length(payload)
        from jobyard_jobs
       where queue = ?
         and state = 0
      """;

  private static final String OF_PRIORITY = "   and priority = ?\n";
  private static final String OF_KINDS = "   and kind in (select value from json_each(?))\n";
  private static final String OF_SLOTS =
      "   and (slot is null or slot % ? in (select value from json_each(?)))\n";
  private static final String OLDEST = " order by priority, seq\n limit ?";
  private static final String YOUNGEST = " order by seq desc\n limit ?";

  static final String NEXT_PRIORITY =
      """
      select priority
        from jobyard_jobs
       where queue = ?
         and state = 0
         and priority > ?
       order by priority
       limit 1
      """;

  private final Db db;
  private final LeaseRequest request;
  private final int queue;
  private final List<Lease> taken = new ArrayList<>();
  private long bytes;
  private boolean full;

  Head(Db db, LeaseRequest request, int queue) {
    this.db = db;
    this.request = request;
    this.queue = queue;
    this.bytes = request.bytes();
  }

  /** Leases without their token, at most so many and as many as the bytes have room for. */
  List<Lease> read(int count) throws SQLException {
    switch (request.order()) {
      case FIFO -> read(count, null);
      case LIFO -> {
        long priority = Long.MIN_VALUE;
        while (!full && taken.size() < count) {
          Long next = db.first(NEXT_PRIORITY, row -> row.getLong(1), queue, priority);
          if (next == null) {
            break;
          }
          priority = next;
          read(count, priority);
        }
      }
    }
    return taken;
  }

  private void read(int count, @Nullable Long priority) throws SQLException {
    Slots slots = request.slots();
    boolean anySlot = slots == null || slots.free().size() == slots.processes();
    List<Object> parameters = new ArrayList<>(List.of(queue));
    if (priority != null) {
      parameters.add(priority);
    }
    if (!request.kinds().isEmpty()) {
      parameters.add(StoredJson.array(request.kinds()));
    }
    if (slots != null && !anySlot) {
      parameters.add(slots.processes());
      parameters.add(slots.free().toString());
    }
    parameters.add(count - taken.size());
    String sql = sql(request.order(), !request.kinds().isEmpty(), !anySlot);
    db.each(sql, this::take, parameters.toArray());
  }

  static String sql(Order order, boolean kinds, boolean slots) {
    return SELECT
        + (order == Order.LIFO ? OF_PRIORITY : "")
        + (kinds ? OF_KINDS : "")
        + (slots ? OF_SLOTS : "")
        + (order == Order.LIFO ? YOUNGEST : OLDEST);
  }

  /** Takes the job unless its payload is too much; the first one always fits. */
  private boolean take(ResultSet row) throws SQLException {
    // Asked for apart, so that a payload that does not fit is not read.
    bytes -= row.getLong(20);
    full = bytes < 0 && !taken.isEmpty();
    if (!full) {
      taken.add(JobRows.lease(row, request.queue(), row.getLong(2) + 1, 0));
    }
    return !full;
  }
}
