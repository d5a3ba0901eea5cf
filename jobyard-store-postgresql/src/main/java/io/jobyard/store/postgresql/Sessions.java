package io.jobyard.store.postgresql;

import io.jobyard.store.LeaseKey;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.NodeStatus;
import io.jobyard.store.Session;
import io.jobyard.store.Standing;
import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.JobRows;
import io.jobyard.store.jdbc.StoredJson;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Those who take jobs: their joining, beating and leaving, what they hold, and what they leave
 * behind. The server's clock says who is silent. Safe for any thread.
 */
final class Sessions {
  /** Who has not beaten for so long is no longer shown; others end it. */
  private static final Duration SHOWN = Duration.ofSeconds(60);

  /** Longer than any statement that began before the session ended and still leases for it. */
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private static final String JOIN =
      """
      insert into {t}sessions (node, pid, queues, joined_at, beat_at)
      select ?, ?, ?, t.now, t.now
        from {now} t (now)
      returning number
      """;

  private static final String BEAT =
      """
      update {t}sessions
         set beat_at = {now}
       where number = ?
         and ended_at is null
      """;

  private static final String LEAVE =
      """
      update {t}sessions
         set ended_at = {now}
       where number = ?
         and ended_at is null
      """;

  private static final String STANDING =
      """
      select l.seq, l.fence, l.token, uuid_send(l.id), q.name, j.task, j.settings, j.failed,
             j.crashed, j.lost, j.handler_crashes, j.phase
        from {t}leased l
       cross join lateral (select * from {t}jobs where id = l.id offset 0) j
        join {t}queues q on q.number = l.queue
      """;

  static final String HELD = STANDING + " where l.session = ?";

  static final String CANCELS =
      """
      select seq, fence, token, uuid_send(id)
        from {t}leased
       where cancel = 1
         and session = ?
      """;

  private static final String LIVING =
      """
      select number, node, pid, queues, joined_at, beat_at
        from {t}sessions
       where ended_at is null
         and beat_at >= {now} - ?
       order by number
      """;

  /** What is left of a session is only looked for once it has ended, so that this costs nothing. */
  private static final String EXPIRE =
      """
      with silent as (
        update {t}sessions
           set ended_at = {now}
         where ended_at is null
           and beat_at <= {now} - ?
        returning number
      ), over as (
        delete from {t}sessions s
         where ended_at < {now} - ?
           and not exists (select 1 from {t}leased l where l.session = s.number)
      )
      select exists (select 1 from silent),
             exists (select 1 from silent)
             or exists (select 1 from {t}sessions where ended_at is not null)
      """;

  /** By a statement after {@link #EXPIRE}, so that it sees what a session wrote before it ended. */
  static final String ORPHANS =
      STANDING
          + """
           where l.session in (select number from {t}sessions where ended_at is not null)
           limit ?
          """;

  private final Pool pool;
  private final Queues queues;
  private final Bell bell;
  private final String join;
  private final String beat;
  private final String leave;
  private final String held;
  private final String cancels;
  private final String living;
  private final String expire;
  private final String orphans;

  /**
   * Sessions of this object that hold nothing, so that an idle node need not ask every second
   * whether it is to cancel something.
   */
  private final Set<Long> idle = ConcurrentHashMap.newKeySet();

  /** Grows with every lease of this object that may have taken jobs. */
  private final AtomicLong leases = new AtomicLong();

  private volatile String node = "";

  Sessions(Pool pool, Sql sql, Queues queues, Bell bell) {
    this.bell = bell;
    this.pool = pool;
    this.queues = queues;
    this.join = sql.fill(JOIN);
    this.beat = sql.fill(BEAT);
    this.leave = sql.fill(LEAVE);
    this.held = sql.fill(HELD);
    this.cancels = sql.fill(CANCELS);
    this.living = sql.fill(LIVING);
    this.expire = sql.fill(EXPIRE);
    this.orphans = sql.fill(ORPHANS);
  }

  Session join(NodeInfo info) {
    queues.enter(info.queues());
    String names = StoredJson.array(info.queues());
    Long number =
        pool.run(db -> db.first(join, row -> row.getLong(1), info.node(), info.pid(), names));
    if (number == null) {
      throw new IllegalStateException("joining as " + info.node() + " gave no session");
    }
    node = info.node();
    idle.add(number);
    return new Session(number, info.node());
  }

  /** The name under which this store object counts: of the node that joined last, else empty. */
  String node() {
    return node;
  }

  boolean beat(Session session) {
    return pool.repeat(db -> db.update(beat, session.number())) == 1;
  }

  void leave(Session session) {
    pool.repeat(db -> db.update(leave, session.number()));
    bell.finished();
  }

  /** The session is about to take jobs, or may have taken some. */
  void mayHold(Session session) {
    leases.incrementAndGet();
    idle.remove(session.number());
  }

  Set<LeaseKey> cancelRequested(Session session) {
    if (idle.contains(session.number())) {
      return Set.of();
    }
    return new HashSet<>(pool.repeat(db -> db.list(cancels, JobRows::key, session.number())));
  }

  List<Standing> held(Session session) {
    long before = leases.get();
    List<Standing> found = pool.repeat(db -> db.list(held, JobRows::standing, session.number()));
    if (found.isEmpty()) {
      idle.add(session.number());
      // One that began meanwhile may have said so before this.
      if (leases.get() != before) {
        idle.remove(session.number());
      }
    }
    return found;
  }

  List<Standing> orphans(Duration lease, int limit) {
    boolean[] ended =
        pool.repeat(db ->
            db.first(
                expire,
                row -> new boolean[] {row.getBoolean(1), row.getBoolean(2)},
                lease.toMillis(),
                REMEMBERED.toMillis()));
    if (ended == null || !ended[1]) {
      return List.of();
    }
    if (ended[0]) {
      bell.finished();
    }
    return pool.repeat(db -> db.list(orphans, JobRows::standing, limit));
  }

  List<NodeStatus> living() {
    return pool.repeat(this::living);
  }

  List<NodeStatus> living(Db db) throws SQLException {
    return db.list(
        living,
        row ->
            new NodeStatus(
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                Set.copyOf(StoredJson.texts(row.getString(4))),
                Instant.ofEpochMilli(row.getLong(5)),
                Instant.ofEpochMilli(row.getLong(6))),
        SHOWN.toMillis());
  }
}
