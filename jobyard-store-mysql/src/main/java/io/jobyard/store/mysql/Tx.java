package io.jobyard.store.mysql;

import io.jobyard.store.jdbc.Db;
import io.jobyard.store.jdbc.RowMapper;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A connection while one piece of work has it; SQL is written with {@code {t}} before table names
 * and {@code {now}} for the server's time. One thread at a time.
 */
final class Tx {
  private final Db db;
  private final Sql sql;

  Tx(Db db, Sql sql) {
    this.db = db;
    this.sql = sql;
  }

  int update(String sql, @Nullable Object... parameters) throws SQLException {
    return db.update(fill(sql), parameters);
  }

  <T> List<T> list(String sql, RowMapper<T> mapper, @Nullable Object... parameters)
      throws SQLException {
    return db.list(fill(sql), mapper, parameters);
  }

  <T> @Nullable T first(String sql, RowMapper<T> mapper, @Nullable Object... parameters)
      throws SQLException {
    return db.first(fill(sql), mapper, parameters);
  }

  void each(String sql, Db.Visitor visitor, @Nullable Object... parameters) throws SQLException {
    db.each(fill(sql), visitor, parameters);
  }

  /** Runs a statement for many rows of parameters, in few round trips. */
  void batch(String sql, List<@Nullable Object[]> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = db.connection().prepareStatement(fill(sql))) {
      for (@Nullable Object[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          statement.setObject(i + 1, row[i]);
        }
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** The text that a query answers; empty where there is none. */
  String text(String sql) throws SQLException {
    String text = first(sql, row -> row.getString(1));
    return text == null ? "" : text;
  }

  /** The server's time. */
  long now() throws SQLException {
    Long now = first("select {now}", row -> row.getLong(1));
    if (now == null) {
      throw new SQLException("the server did not tell its time");
    }
    return now;
  }

  /** Numbers with commas between them, to stand in a list. */
  static String numbers(Collection<? extends Number> numbers) {
    return numbers.stream().map(Object::toString).collect(Collectors.joining(","));
  }

  /** So many question marks with commas between them. */
  static String marks(int count) {
    return "?" + ",?".repeat(count - 1);
  }

  /** A name as it is stored and compared. */
  static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  static byte @Nullable [] bytesOrNull(@Nullable String name) {
    return name == null ? null : bytes(name);
  }

  private String fill(String statement) {
    return sql.fill(statement);
  }
}
