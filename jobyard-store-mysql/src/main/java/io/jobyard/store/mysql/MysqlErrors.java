package io.jobyard.store.mysql;

import io.jobyard.JobyardException;
import io.jobyard.StoreUnavailable;
import java.sql.SQLException;
import java.util.Set;

/** Says what the server's errors mean for whoever runs the store, and what to do. Stateless. */
final class MysqlErrors {
  static final int DUPLICATE = 1062;
  static final int NO_TABLE = 1146;

  /** Deadlock, lock timeout, a row changed since it was read: the work may simply be repeated. */
  private static final Set<Integer> COLLISIONS = Set.of(1213, 1205, 1020);

  /** Connection or query killed, server going down. */
  private static final Set<Integer> CUT = Set.of(1053, 1317, 1927, 4031, 1152, 1158, 1159);

  private static final Set<Integer> NO_RIGHT = Set.of(1044, 1142, 1143, 1227, 1370);
  private static final Set<Integer> FULL = Set.of(1021, 1114, 1041);
  private static final Set<Integer> READ_ONLY = Set.of(1290, 1792, 1836);

  private final MysqlUrl url;

  MysqlErrors(MysqlUrl url) {
    this.url = url;
  }

  /** Whether work of others was in the way; nothing of the transaction was done. */
  static boolean collision(SQLException e) {
    return COLLISIONS.contains(e.getErrorCode());
  }

  /** Whether the connection is gone; what had not been committed was not done. */
  static boolean cut(SQLException e) {
    if (tooLarge(e)) {
      return false;
    }
    String state = e.getSQLState();
    return CUT.contains(e.getErrorCode()) || (state != null && state.startsWith("08"));
  }

  /** Some drivers look before they send, others are cut off by the server. */
  private static boolean tooLarge(SQLException e) {
    return e.getErrorCode() == 1153
        || e.getErrorCode() == 1301
        || String.valueOf(e.getMessage()).contains("max_allowed_packet");
  }

  /** The exception to throw. */
  JobyardException translate(SQLException error) {
    SQLException e = deepest(error);
    int code = e.getErrorCode();
    if (code == 1045 || code == 1698) {
      return refused("user or password is wrong (" + e.getMessage() + ")", error);
    }
    if (code == 1049) {
      return refused(
          "the server has no database " + url.database() + "; create it, or name another", error);
    }
    if (NO_RIGHT.contains(code)) {
      return refused(
          "the user lacks a right ("
              + e.getMessage()
              + "); grant select, insert, update, delete, create, alter, index on "
              + url.database()
              + ".*",
          error);
    }
    if (code == NO_TABLE) {
      return refused("a table is missing (" + e.getMessage() + "); run 'jobyard migrate'", error);
    }
    if (tooLarge(e)) {
      return refused(
          "what is to be stored is larger than the server's max_allowed_packet; set it to 64M",
          error);
    }
    if (FULL.contains(code)) {
      return unavailable("the server's disk is full; nothing was stored: free some space", error);
    }
    if (READ_ONLY.contains(code)) {
      return unavailable("the server takes no writes: name the one that does", error);
    }
    if (code == 1040 || code == 1203 || code == 1226) {
      return unavailable(
          "the server has too many connections; raise max_connections, or lower '?pool='", error);
    }
    if (collision(e)) {
      return unavailable("others kept locking the same jobs until the time was up", error);
    }
    return unavailable("the server does not answer as it should: " + e.getMessage(), error);
  }

  StoreUnavailable unavailable(String text, Exception e) {
    return new StoreUnavailable(url + ": " + text, e);
  }

  private JobyardException refused(String text, SQLException e) {
    return new JobyardException(url + ": " + text, e);
  }

  /** A pool wraps what its last try gave. */
  private static SQLException deepest(SQLException error) {
    SQLException deepest = error;
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getErrorCode() != 0) {
        deepest = sql;
      }
    }
    return deepest;
  }
}
