package io.jobyard.store.mysql;

import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/** Counts what is no longer there, within a transaction of the caller. Safe for any thread. */
final class Counters {
  /** So many rows of a node and queue at most; a store object keeps to one of them. */
  private static final int PARTS = 16;

  /** Tried first: it locks a row and no gap. */
  private static final String ADD =
      """
      update {t}counters
         set succeeded = succeeded + ?,
             forgotten = forgotten + ?
       where queue = ?
         and node = ?
         and part = ?
      """;

  private static final String BEGIN =
      """
      insert into {t}counters (succeeded, forgotten, queue, node, part)
      values (?, ?, ?, ?, ?)
          on duplicate key update
             succeeded = succeeded + values(succeeded),
             forgotten = forgotten + values(forgotten)
      """;

  private final int part = ThreadLocalRandom.current().nextInt(PARTS);
  private final Sessions sessions;

  Counters(Sessions sessions) {
    this.sessions = sessions;
  }

  /** Adds; the last of a transaction, so that others wait for the row as briefly as may be. */
  void add(Tx tx, Map<Integer, Change> changes) throws SQLException {
    byte[] node = Tx.bytes(sessions.node());
    // In order, so that two who change several do not wait for each other.
    for (Map.Entry<Integer, Change> entry : new TreeMap<>(changes).entrySet()) {
      Change change = entry.getValue();
      Object[] row = {change.succeeded, change.forgotten, entry.getKey(), node, part};
      if (tx.update(ADD, row) == 0) {
        tx.update(BEGIN, row);
      }
    }
  }

  /** What comes to a queue's counts. */
  record Change(long succeeded, long forgotten) {
    Change plus(Change other) {
      return new Change(succeeded + other.succeeded, forgotten + other.forgotten);
    }
  }
}
