package io.jobyard.store.mysql;

import io.jobyard.store.LeaseKey;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.NodeStatus;
import io.jobyard.store.Session;
import io.jobyard.store.Standing;
import io.jobyard.store.jdbc.JobRows;
import io.jobyard.store.jdbc.StoredJson;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Those who take jobs: their joining, beating and leaving, what they hold, and what nobody holds
 * any more. The server's clock decides who is silent. Safe for any thread.
 */
final class Sessions {
  /** Who has not beaten for so long is no longer shown; others end it. */
  private static final Duration SHOWN = Duration.ofSeconds(60);

  private static final String JOIN =
      """
      insert into {t}sessions (node, pid, queues, joined_at, beat_at)
      values (?, ?, ?, {now}, {now})
      """;

  private static final String NUMBER = "select last_insert_id()";
  private static final String BEAT = "update {t}sessions set beat_at = {now} where number = ?";
  private static final String EXISTS = "select 1 from {t}sessions where number = ?";
  private static final String LEAVE = "delete from {t}sessions where number = ?";
  private static final String EXPIRE = "delete from {t}sessions where beat_at < {now} - ?";

  private static final String STANDING =
      """
      select j.seq, j.fence, j.token, j.id, convert(q.name using utf8mb4), j.task, j.settings,
             j.failed, j.crashed, j.lost, j.handler_crashes, j.phase
        from {t}jobs j force index (line)
        join {t}queues q on q.number = j.queue
       where j.state = 2
      """;

  static final String HELD =
      STANDING
          + """
             and j.session = ?
             and exists (select 1 from {t}sessions where number = j.session)
          """;

  static final String ORPHANS =
      STANDING
          + """
             and not exists (select 1 from {t}sessions where number = j.session)
           limit ?
          """;

  /**
   * All that is asked while every node lives and nothing is left behind, which is nearly always.
   */
  static final String GONE =
      """
      select exists (select 1 from {t}sessions where beat_at < {now} - ?),
             exists (select 1
                       from {t}jobs j force index (line)
                      where j.state = 2
                        and not exists (select 1 from {t}sessions where number = j.session))
      """;

  static final String CANCELS =
      """
      select seq, fence, token, id
        from {t}jobs force index (line)
       where state = 2
         and session = ?
         and cancel = 1
         and exists (select 1 from {t}sessions where number = session)
      """;

  static final String LIVING =
      """
      select number, node, pid, queues, joined_at, beat_at
        from {t}sessions
       where beat_at >= {now} - ?
       order by number
      """;

  private final Database database;
  private final Bell bell;
  private final Queues queues;
  private volatile String node = "";

  Sessions(Database database, Bell bell, Queues queues) {
    this.database = database;
    this.bell = bell;
    this.queues = queues;
  }

  Session join(NodeInfo info) {
    queues.enter(info.queues());
    String names = StoredJson.array(info.queues());
    Long number =
        database.write(tx -> {
          tx.update(JOIN, info.node(), info.pid(), names);
          return tx.first(NUMBER, row -> row.getLong(1));
        });
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
    // A beat within the same millisecond changes nothing, which is no sign of an end.
    return database.once(BEAT, session.number()) == 1
        || database.<Boolean>read(tx -> tx.first(EXISTS, row -> true, session.number()) != null);
  }

  void leave(Session session) {
    ended(database.once(LEAVE, session.number()));
  }

  Set<LeaseKey> cancelRequested(Session session) {
    return new HashSet<>(database.read(tx -> tx.list(CANCELS, JobRows::key, session.number())));
  }

  List<Standing> held(Session session) {
    return database.read(tx -> tx.list(HELD, JobRows::standing, session.number()));
  }

  List<Standing> orphans(Duration lease, int limit) {
    long silence = lease.toMillis();
    Gone gone =
        Objects.requireNonNull(
            database.<@Nullable Gone>read(tx -> tx.first(GONE, Gone::of, silence)));
    if (gone.silent) {
      ended(database.once(EXPIRE, silence));
    }
    return gone.silent || gone.left
        ? database.read(tx -> tx.list(ORPHANS, JobRows::standing, limit))
        : List.of();
  }

  List<NodeStatus> living() {
    return database.read(Sessions::living);
  }

  /** What a session held counts no longer towards a queue's limit. */
  private void ended(int sessions) {
    if (sessions > 0) {
      bell.ring(Set.of(new Wake.Finished()));
    }
  }

  static List<NodeStatus> living(Tx tx) throws SQLException {
    return tx.list(
        LIVING,
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

  /**
   * What there is of sessions that ended.
   *
   * @param silent whether one has not said so
   * @param left whether one has left jobs behind
   */
  private record Gone(boolean silent, boolean left) {
    static Gone of(ResultSet row) throws SQLException {
      return new Gone(row.getBoolean(1), row.getBoolean(2));
    }
  }
}
