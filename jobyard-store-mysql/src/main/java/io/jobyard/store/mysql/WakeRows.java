package io.jobyard.store.mysql;

import io.jobyard.store.Signal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The table through which the processes on a database ring each other. Stateless. */
final class WakeRows {
  private static final int MOST_AT_ONCE = 500;
  private static final long MOST_BYTES = 1024 * 1024;

  /** Of a row, beside the message it may carry. */
  private static final int ROW_BYTES = 1_000;

  private static final String RING = "insert into {t}wakes (sender, kind, topic, body, at) values ";

  private static final String ROW = "(?, ?, ?, ?, {now})";

  private static final String LAST = "select coalesce(max(n), 0) from {t}wakes";

  private static final String READ =
      """
      select n, sender, kind, convert(topic using utf8mb4),
             case when sender = ? then null else body end
        from {t}wakes
       where n > ?
       order by n
       limit 1000
      """;

  private static final String FORGET =
      """
      delete from {t}wakes
       where n <= ?
         and at < {now} - ?
       order by n
       limit 10000
      """;

  private final Database database;

  WakeRows(Database database) {
    this.database = database;
  }

  /** The number of the last row so far; 0 if there is none. */
  long last() {
    return Objects.requireNonNullElse(
        database.<@Nullable Long>read(tx -> tx.first(LAST, row -> row.getLong(1))), 0L);
  }

  /**
   * Rows behind this one, in order; not all if there are many.
   *
   * @param self whose messages are not wanted, for it sent them itself
   */
  List<Row> after(long n, long self) {
    return database.read(tx -> tx.list(READ, Row::of, self, n));
  }

  /** Removes rows up to this one that are older than that; not all if there are many. */
  void forget(long n, Duration age) {
    database.once(FORGET, n, age.toMillis());
  }

  /**
   * Rings.
   *
   * @param sender who need not read this; 0 for nobody
   */
  static void insert(Tx tx, long sender, Set<Wake> wakes) throws SQLException {
    List<@Nullable Object> parameters = new ArrayList<>();
    int rows = 0;
    long bytes = 0;
    for (Wake wake : wakes) {
      byte[] body = wake instanceof Wake.Live(Signal signal, long order) ? signal.body() : null;
      parameters.add(sender);
      parameters.add(wake.kind());
      parameters.add(Tx.bytes(topic(wake)));
      parameters.add(body);
      rows++;
      bytes += ROW_BYTES + (body == null ? 0 : 2L * body.length);
      if (rows == MOST_AT_ONCE || bytes > MOST_BYTES) {
        tx.update(RING + ROW + ("," + ROW).repeat(rows - 1), parameters.toArray());
        parameters.clear();
        rows = 0;
        bytes = 0;
      }
    }
    if (rows > 0) {
      tx.update(RING + ROW + ("," + ROW).repeat(rows - 1), parameters.toArray());
    }
  }

  private static String topic(Wake wake) {
    return switch (wake) {
      case Wake.Ready(String queue) -> queue;
      case Wake.Cancel cancel -> "";
      case Wake.Finished finished -> "";
      case Wake.Live(Signal signal, long order) -> signal.topic();
    };
  }

  /** A row of the table. */
  record Row(long n, long sender, Wake wake) {
    static Row of(ResultSet row) throws SQLException {
      String topic = row.getString(4);
      Wake wake =
          switch (row.getInt(3)) {
            case 2 -> new Wake.Cancel();
            case 3 -> new Wake.Finished();
            case 4 -> {
              byte[] body = row.getBytes(5);
              yield new Wake.Live(
                  new Signal(topic, body == null ? new byte[0] : body), row.getLong(1));
            }
            default -> new Wake.Ready(topic);
          };
      return new Row(row.getLong(1), row.getLong(2), wake);
    }
  }
}
