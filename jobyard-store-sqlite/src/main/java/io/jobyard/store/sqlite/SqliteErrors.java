package io.jobyard.store.sqlite;

import io.jobyard.JobyardException;
import io.jobyard.StoreUnavailable;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Says what SQLite's errors mean for whoever runs the store, and what to do. Stateless. */
final class SqliteErrors {
  /** The low byte of a result code is the plain one, the rest says more. */
  private static final int PLAIN = 0xff;

  private final SqliteFile file;

  SqliteErrors(SqliteFile file) {
    this.file = file;
  }

  /** Whether somebody else holds the lock that was asked for. */
  static boolean busy(SQLException e) {
    return is(e, SQLiteErrorCode.SQLITE_BUSY) || is(e, SQLiteErrorCode.SQLITE_LOCKED);
  }

  /** The exception to throw. */
  JobyardException translate(SQLException e) {
    if (e instanceof SQLiteException sqlite
        && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT) {
      return unavailable(
          "this transaction has read what somebody else changed meanwhile, so it can write no more;"
              + " roll it back and do it again, and begin it as one that writes"
              + " (transaction_mode=IMMEDIATE in the JDBC URL)",
          e);
    }
    if (busy(e)) {
      return unavailable(
          "the database stayed locked" + LockHolder.of(file).sentence() + "; try again", e);
    }
    if (is(e, SQLiteErrorCode.SQLITE_FULL)) {
      return unavailable(
          "the disk (or the file's size limit) is full; nothing was stored: free some space in "
              + file.folder(),
          e);
    }
    if (is(e, SQLiteErrorCode.SQLITE_NOTADB)) {
      return refused(
          "this file is not a SQLite database (or it is encrypted or damaged); name another file,"
              + " or move it away to start with an empty one",
          e);
    }
    if (is(e, SQLiteErrorCode.SQLITE_CORRUPT)) {
      return refused(
          "the database is damaged ("
              + e.getMessage()
              + "); stop all nodes, keep a copy, then restore a backup or run 'sqlite3 "
              + file.path()
              + " .recover'",
          e);
    }
    if (is(e, SQLiteErrorCode.SQLITE_READONLY)
        || is(e, SQLiteErrorCode.SQLITE_PERM)
        || is(e, SQLiteErrorCode.SQLITE_AUTH)) {
      return refused(
          "the file or its folder cannot be written; give this user the right to write "
              + file.folder()
              + " and the files in it",
          e);
    }
    if (is(e, SQLiteErrorCode.SQLITE_CANTOPEN)) {
      return refused(
          "the file cannot be opened or created; check that this user may write in "
              + file.folder(),
          e);
    }
    if (is(e, SQLiteErrorCode.SQLITE_IOERR)) {
      return unavailable(
          "the disk did not do what was asked (" + e.getMessage() + "); check it and its space", e);
    }
    return unavailable("the database answered: " + e.getMessage(), e);
  }

  private JobyardException refused(String text, SQLException e) {
    return new JobyardException(file + ": " + text, e);
  }

  private StoreUnavailable unavailable(String text, SQLException e) {
    return new StoreUnavailable(file + ": " + text, e);
  }

  private static boolean is(SQLException e, SQLiteErrorCode code) {
    int number =
        e instanceof SQLiteException sqlite ? sqlite.getResultCode().code : e.getErrorCode();
    return number > 0 && (number & PLAIN) == code.code;
  }
}
