package io.jobyard.store.postgresql;

import io.jobyard.store.jdbc.TableNames;

/**
 * Fills statements in: the tables' names, and {@code {now}}, the moment by the server's clock.
 *
 * <p>That is the clock when the statement runs and not the beginning of its transaction, which may
 * be a caller's and hours old. A sub-query, so that it is read once a statement.
 */
record Sql(TableNames names) {
  private static final String NOW =
      "(select floor(extract(epoch from clock_timestamp()) * 1000)::bigint)";

  String fill(String statement) {
    return names.fill(statement.replace("{now}", NOW));
  }
}
