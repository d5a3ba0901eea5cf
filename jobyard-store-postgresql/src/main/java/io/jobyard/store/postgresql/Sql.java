package io.jobyard.store.postgresql;

import io.jobyard.store.jdbc.TableNames;

/**
 * Fills statements in: the tables' names, and {@code {now}}, the moment.
 *
 * @param now what says the moment, in milliseconds since 1970: a sub-query, so that it is read once
 *     a statement
 */
record Sql(TableNames names, String now) {
  /**
   * The clock when the statement runs and not the beginning of its transaction, which may be a
   * caller's and hours old.
   */
  static final String SERVER_CLOCK =
      "(select floor(extract(epoch from clock_timestamp()) * 1000)::bigint)";

  String fill(String statement) {
    return names.fill(statement.replace("{now}", now));
  }
}
