package io.jobyard.store.sqlite;

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
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Those who take jobs: their joining, beating and leaving, and what they hold. Safe for any thread.
 */
final class Sessions {
  /** Who has not beaten for so long is no longer shown; others end it. */
  private static final Duration SHOWN = Duration.ofSeconds(60);

  private static final String JOIN =
      """
      insert into jobyard_sessions (node, pid, queues, joined_at, beat_at)
      values (?1, ?2, ?3, ?4, ?4)
      returning number
      """;

  private static final String BEAT =
      """
      update jobyard_sessions
         set beat = beat + 1,
             beat_at = ?
       where number = ?
      """;

  private static final String LEAVE = "delete from jobyard_sessions where number = ?";

  static final String HELD =
      """
      select j.seq, j.fence, j.token, j.id, q.name, j.task, j.settings, j.failed, j.crashed,
             j.lost, j.handler_crashes, j.phase
        from jobyard_jobs j
        join jobyard_queues q on q.number = j.queue
       where j.state = 2
         and j.session = ?
      """;

  static final String CANCELS =
      """
      select seq, fence, token, id
        from jobyard_jobs
       where state = 2
         and session = ?
         and cancel = 1
      """;

  private static final String LIVING =
      """
      select number, node, pid, queues, joined_at, beat_at
        from jobyard_sessions
       where beat_at >= ?
       order by number
      """;

  private final Writer writer;
  private final Reader reader;
  private final WakeBell bell;
  private final Queues queues;
  private final InstantSource clock;
  private volatile String node = "";

  Sessions(Writer writer, Reader reader, WakeBell bell, Queues queues, InstantSource clock) {
    this.writer = writer;
    this.reader = reader;
    this.bell = bell;
    this.queues = queues;
    this.clock = clock;
  }

  Session join(NodeInfo info) {
    queues.enter(info.queues());
    String names = StoredJson.array(info.queues());
    Long number =
        writer.write(db ->
            db.first(JOIN, row -> row.getLong(1), info.node(), info.pid(), names, clock.millis()));
    if (number == null) {
      throw new IllegalStateException("joining as " + info.node() + " gave no session");
    }
    node = info.node();
    return new Session(number, info.node());
  }

  /** The name under which this store object counts: of the node that joined last, else empty. */
  String node() {
    return node;
  }

  boolean beat(Session session) {
    return writer.write(db -> db.update(BEAT, clock.millis(), session.number())) == 1;
  }

  void leave(Session session) {
    List<Integer> ports =
        writer.write(db -> {
          db.update(LEAVE, session.number());
          return bell.ports(db);
        });
    bell.ring(ports, List.of(new Wake.Finished()));
  }

  Set<LeaseKey> cancelRequested(Session session) {
    return new HashSet<>(reader.read(db -> db.list(CANCELS, JobRows::key, session.number())));
  }

  List<Standing> held(Session session) {
    return reader.read(db -> db.list(HELD, JobRows::standing, session.number()));
  }

  List<NodeStatus> living() {
    return reader.read(this::living);
  }

  List<NodeStatus> living(Db db) throws SQLException {
    return db.list(
        LIVING,
        row ->
            new NodeStatus(
                row.getLong(1),
                row.getString(2),
                row.getLong(3),
                Set.copyOf(StoredJson.texts(row.getString(4))),
                Instant.ofEpochMilli(row.getLong(5)),
                Instant.ofEpochMilli(row.getLong(6))),
        clock.millis() - SHOWN.toMillis());
  }
}
