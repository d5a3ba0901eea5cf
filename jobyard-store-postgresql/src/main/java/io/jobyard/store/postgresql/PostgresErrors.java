package io.jobyard.store.postgresql;

import io.jobyard.JobyardException;
import io.jobyard.PushRefused;
import io.jobyard.StoreUnavailable;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says what PostgreSQL's errors mean for whoever runs the store, and what to do. Stateless. */
final class PostgresErrors {
  /** Somebody else was in the way; nothing was written, and doing it again may well succeed. */
  private static final Set<String> IN_THE_WAY = Set.of("40001", "40P01", "55P03");

  private static final Set<String> SHUTTING_DOWN = Set.of("57P01", "57P02", "57P03", "57P05");

  private final PostgresUrl url;

  PostgresErrors(PostgresUrl url) {
    this.url = url;
  }

  /** Whether the transaction only has to be done again. */
  static boolean inTheWay(SQLException e) {
    return IN_THE_WAY.contains(state(e));
  }

  /** Whether the connection is gone; what was asked may or may not have been done. */
  static boolean broken(SQLException e) {
    return state(e).startsWith("08") || SHUTTING_DOWN.contains(state(e));
  }

  /** The exception to throw. */
  JobyardException translate(SQLException e) {
    String state = state(e);
    if (e instanceof SQLTransientConnectionException || broken(e)) {
      return unavailable(
          "the server does not answer (" + reason(e) + "); check that it runs and can be reached",
          e);
    }
    return switch (state) {
      case "28P01", "28000" ->
          refused("the server refused user or password (" + reason(e) + ")", e);
      case "3D000" -> refused("there is no such database (" + reason(e) + "); create it", e);
      case "42501" ->
          refused(
              "the role may not do this ("
                  + reason(e)
                  + "); grant what docs/postgresql.md lists under Rights",
              e);
      case "42P01", "42703", "3F000" ->
          refused(
              "Jobyard's tables are not all there ("
                  + reason(e)
                  + "); run 'jobyard migrate', or check schema and prefix in the URL",
              e);
      case "26000", "42P05" ->
          refused(
              "prepared statements do not survive here ("
                  + reason(e)
                  + "), as behind a pooler; add prepareThreshold=0 to the URL",
              e);
      case "25006" ->
          unavailable(
              "this server only reads, as a standby does; name the primary, or add"
                  + " targetServerType=primary to the URL",
              e);
      case "53100" ->
          unavailable("the server's disk is full; nothing was stored: free some space there", e);
      case "53300" ->
          unavailable(
              "the server has no connection left ("
                  + reason(e)
                  + "); raise max_connections or lower pool= in the URL",
              e);
      case "22021", "22P05" -> nul(reason(e));
      default -> unavailable("the server answered: " + reason(e), e);
    };
  }

  /** The same where the transaction is the caller's, and so may be the database. */
  JobyardException inTransaction(SQLException e) {
    return switch (state(e)) {
      case "42P01", "3F000" -> elsewhere();
      default -> translate(e);
    };
  }

  /** A caller's connection to something else. */
  JobyardException elsewhere() {
    return new JobyardException(
        url
            + ": the connection is one of another database (or schema); nothing was pushed: use one"
            + " of this store's");
  }

  /** Only PostgreSQL cannot store it. */
  PushRefused nul(String where) {
    return new PushRefused(
        url
            + ": text with a NUL character cannot be stored ("
            + where
            + "); remove it from the name, key or meta");
  }

  StoreUnavailable closed() {
    return new StoreUnavailable(url + ": this store was closed; open it again");
  }

  private JobyardException refused(String text, SQLException e) {
    return new JobyardException(url + ": " + text, e);
  }

  private StoreUnavailable unavailable(String text, SQLException e) {
    return new StoreUnavailable(url + ": " + text, e);
  }

  private static String reason(SQLException e) {
    Throwable cause = e.getCause();
    String text = cause instanceof SQLException ? cause.getMessage() : e.getMessage();
    return String.valueOf(text).lines().findFirst().orElse("").strip();
  }

  private static String state(SQLException e) {
    @Nullable String state = e.getSQLState();
    if (state == null && e.getCause() instanceof SQLException cause) {
      state = cause.getSQLState();
    }
    return state == null ? "" : state;
  }
}
