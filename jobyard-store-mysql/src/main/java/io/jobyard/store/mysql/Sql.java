package io.jobyard.store.mysql;

import io.jobyard.store.jdbc.TableNames;

/**
 * Fills statements in: the tables' names for {@code {t}}, and the moment for {@code {now}}.
 *
 * @param now what says the moment, in milliseconds since 1970
 */
record Sql(TableNames names, String now) {
  /** Whatever the session's time zone, so that no summer time doubles an hour. */
  static final String SERVER_CLOCK =
      "(timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) div 1000)";

  String fill(String statement) {
    return names.fill(statement).replace("{now}", now);
  }
}
