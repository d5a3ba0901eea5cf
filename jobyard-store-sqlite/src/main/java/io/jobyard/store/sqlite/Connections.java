package io.jobyard.store.sqlite;

import io.jobyard.store.jdbc.Db;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.sqlite.SQLiteConfig;

/** Opens connections to one database, all set up alike. Stateless. */
final class Connections {
  private final SqliteFile file;

  Connections(SqliteFile file) {
    this.file = file;
  }

  /**
   * Opens a connection without a transaction.
   *
   * @param cacheKib memory for pages
   * @param wait how long SQLite itself waits for locks; our writer asks by itself, and more often
   */
  Db open(int cacheKib, Duration wait) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setGetGeneratedKeys(false);
    config.setBusyTimeout(Math.toIntExact(wait.toMillis()));
    Connection connection = config.createConnection("jdbc:sqlite:" + file.path());
    try {
      Db db = new Db(connection);
      // The driver asks after every statement whether a transaction is open, unless told that one
      // is; from here on, transactions are begun and ended by statements of ours.
      connection.setAutoCommit(false);
      db.update("commit");
      db.script(pragmas(cacheKib));
      return db;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static String pragmas(int cacheKib) {
    return """
    pragma synchronous = normal;
    pragma cache_size = -%d;
    pragma temp_store = memory;
    pragma wal_autocheckpoint = 0;
    pragma journal_size_limit = %d;
    """
        .formatted(cacheKib, Checkpointer.KEPT_WAL_BYTES);
  }
}
