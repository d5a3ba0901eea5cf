package io.jobyard.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Turns the row a result stands at into a value. */
@FunctionalInterface
public interface RowMapper<T> {
  T map(ResultSet row) throws SQLException;
}
