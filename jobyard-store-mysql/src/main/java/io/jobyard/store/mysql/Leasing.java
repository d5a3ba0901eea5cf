package io.jobyard.store.mysql;

import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.Order;
import io.jobyard.store.jdbc.Head;
import io.jobyard.store.jdbc.Head.Begin;
import io.jobyard.store.jdbc.Head.Place;
import io.jobyard.store.jdbc.Heads;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Hands out jobs. One look tells whether there is anything to take, and is all that an idle queue
 * costs; in passing it tells the bell whether anything was rung. Then, in one transaction: what is
 * due joins the line, the head of the line is locked and read, passing over what others have
 * locked, and marked RUNNING. Rows are locked by the index that they are read by, in its order,
 * without gaps. Where many jobs are leased, one lease begins where the last one came ({@link
 * Head}), for the server is a while behind with removing what is dead; what is left to take is
 * looked for from the start, at once or, where that has become dear, {@link Head#FROM_START} after
 * it was last done. Safe for any thread.
 */
final class Leasing {
  /** So many due jobs join the line at a time, so that no lease takes long. */
  private static final int PROMOTED_AT_ONCE = 1_000;

  /** If it takes longer to read the head from the start on, that is done only now and then. */
  private static final Duration DEAR = Duration.ofMillis(25);

  /**
   * By equality and in the index's order, never by {@code min} or a range: those would not stop at
   * the end of the state, but go on over all that is dead among the RUNNING until something lives.
   */
  static final String LOOK =
      """
      select {now},
             q.paused = 0 and exists (select 1 from {t}sessions where number = ?),
             ? or exists (select 1
                            from {t}jobs force index (line)
                           where state = 0
                             and queue = q.number),
             (select place
                from {t}jobs force index (line)
               where state = 1
                 and queue = q.number
               order by place, seq
               limit 1),
             (select max(n) from {t}wakes)
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
      select place
        from {t}jobs force index (line)
       where state = 1
         and queue = ?
       order by place, seq
       limit 1
      """;

  /** One random number for all, and each job's {@link Token} out of it. */
  private static final String TAKE =
      """
      update {t}jobs force index (primary)
         set state = 2,
             place = 0,
             fence = fence + 1,
             token = {token},
             session = ?,
             started_at = ?
       where seq in ({in})
      """
          .replace("{token}", Token.SQL);

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
  private final Bell bell;
  private final Queues queues;
  private final Heads heads;
  private final Set<Integer> dear = ConcurrentHashMap.newKeySet();
  private final SecureRandom random = new SecureRandom();
  private final long dearNanos;

  Leasing(Database database, Bell bell, Queues queues, Heads heads) {
    this(database, bell, queues, heads, DEAR);
  }

  Leasing(Database database, Bell bell, Queues queues, Heads heads, Duration dear) {
    this.database = database;
    this.bell = bell;
    this.queues = queues;
    this.heads = heads;
    this.dearNanos = dear.toNanos();
  }

  Leased lease(LeaseRequest request) {
    int queue = queues.number(request.queue());
    Head head = heads.of(queue);
    Begin begin = head.begin(System.nanoTime());
    Look look = look(request, queue, begin);
    if (look == null || !look.open) {
      return new Leased(List.of(), null);
    }
    boolean due = look.due != null && look.due <= look.now;
    if (!look.ready && !due) {
      return new Leased(List.of(), wait(look.due, look.now));
    }
    return database.write(tx -> {
      boolean more = due && !promote(tx, queue, look.now, request.count());
      if (due) {
        head.callBack();
      }
      Begin from = due ? head.begin(System.nanoTime()) : begin;
      List<Lease> leases = new ArrayList<>(take(tx, request, queue, from, look.now));
      if (!leases.isEmpty() && passesNobodyOver(request)) {
        Lease last = leases.getLast();
        Place place = new Place(last.priority(), last.standing().key().seq());
        head.passed(from, place, leases.size(), more ? 0 : look.now);
      }
      Duration untilStart = null;
      if (leases.size() < request.count() && !from.start()) {
        if (dear.contains(queue)) {
          untilStart = head.untilStart(from, System.nanoTime());
        } else {
          head.callBack();
          leases.addAll(takeRest(tx, request, leases, queue, look.now));
        }
      }
      if (leases.size() == request.count()) {
        return new Leased(leases, null);
      }
      Long next = tx.first(NEXT_DUE, row -> nullable(row.getLong(1)), queue);
      return new Leased(leases, sooner(wait(next, look.now), untilStart));
    });
  }

  private static @Nullable Duration sooner(@Nullable Duration one, @Nullable Duration other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.compareTo(other) < 0 ? one : other;
  }

  /** What stands before the place where the last lease came: given back, or committed late. */
  private List<Lease> takeRest(Tx tx, LeaseRequest request, List<Lease> taken, int queue, long now)
      throws SQLException {
    long bytes =
        request.bytes() - taken.stream().mapToLong(lease -> lease.payload().bytes().length).sum();
    if (bytes < 1) {
      return List.of();
    }
    LeaseRequest rest =
        new LeaseRequest(
            request.session(),
            request.queue(),
            request.count() - taken.size(),
            bytes,
            request.kinds(),
            request.order(),
            request.limit(),
            request.slots());
    return take(tx, rest, queue, heads.of(queue).begin(System.nanoTime()), now);
  }

  private @Nullable Look look(LeaseRequest request, int queue, Begin begin) {
    return database.<@Nullable Look>read(tx ->
        tx.first(
            LOOK,
            row -> {
              long due = row.getLong(4);
              bell.passed(row.getLong(5));
              return new Look(
                  row.getLong(1), row.getInt(2) != 0, row.getInt(3) != 0, due == 0 ? null : due);
            },
            request.session().number(),
            begin.start() ? 0 : 1,
            queue));
  }

  /** Others than the first in line may be taken, so that nothing is known of what was passed. */
  private static boolean passesNobodyOver(LeaseRequest request) {
    return request.order() == Order.FIFO && request.kinds().isEmpty() && request.slots() == null;
  }

  /** No due time is 0: what is due is stored by the time it was pushed. */
  private static Long nullable(long value) {
    return value;
  }

  private static @Nullable Duration wait(@Nullable Long due, long now) {
    return due == null || due == 0 ? null : Duration.ofMillis(Math.max(0, due - now));
  }

  /** Lets what is due join the line; false if there may be more. */
  private static boolean promote(Tx tx, int queue, long now, int count) throws SQLException {
    int most = Math.max(PROMOTED_AT_ONCE, count);
    List<Long> due = tx.list(DUE, row -> row.getLong(1), queue, now, most);
    if (!due.isEmpty()) {
      tx.update(PROMOTE.replace("{in}", Tx.numbers(due)));
    }
    return due.size() < most;
  }

  private List<Lease> take(Tx tx, LeaseRequest request, int queue, Begin begin, long now)
      throws SQLException {
    int count = request.count();
    if (request.limit() > 0) {
      tx.first(TURN, row -> row.getInt(1), queue);
      Long running = tx.first(RUNNING, row -> row.getLong(1), queue);
      count = (int) Math.min(count, request.limit() - (running == null ? 0 : running));
      if (count <= 0) {
        return List.of();
      }
    }
    long number = random.nextLong();
    long before = System.nanoTime();
    List<Lease> leases = Line.read(tx, request, queue, begin, count, number);
    if (begin.start()) {
      note(queue, System.nanoTime() - before);
    }
    if (!leases.isEmpty()) {
      String seqs = Tx.numbers(leases.stream().map(lease -> lease.standing().key().seq()).toList());
      tx.update(TAKE.replace("{in}", seqs), number, request.session().number(), now);
    }
    return leases;
  }

  private void note(int queue, long nanos) {
    if (nanos > dearNanos) {
      dear.add(queue);
    } else {
      dear.remove(queue);
    }
  }

  /**
   * What there is to take.
   *
   * @param due when the next SCHEDULED job is due; null where there is none
   */
  private record Look(long now, boolean open, boolean ready, @Nullable Long due) {}
}
