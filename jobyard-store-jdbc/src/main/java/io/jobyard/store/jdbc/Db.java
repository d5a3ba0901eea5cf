package io.jobyard.store.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection and the statements prepared on it, each kept for as long as the connection lives.
 *
 * <p>One thread at a time: whoever owns it guards it. Closing it twice is harmless.
 */
public final class Db implements AutoCloseable {
  private final Connection connection;
  private final @Nullable IntSupplier timeout;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  /** Waits for answers as long as the connection does by itself. */
  public Db(Connection connection) {
    this(connection, null);
  }

  /**
   * @param timeout how many milliseconds the next statement may wait for its answer, asked before
   *     each; null to leave the connection as it is. No driver asks its server for that
   */
  public Db(Connection connection, @Nullable IntSupplier timeout) {
    this.connection = connection;
    this.timeout = timeout;
  }

  /** Runs a statement that answers no rows; returns how many rows it changed. */
  public int update(String sql, @Nullable Object... parameters) throws SQLException {
    return run(sql, PreparedStatement::executeUpdate, parameters);
  }

  /** Every row of the answer. */
  public <T> List<T> list(String sql, RowMapper<T> mapper, @Nullable Object... parameters)
      throws SQLException {
    List<T> rows = new ArrayList<>();
    each(sql, row -> rows.add(mapper.map(row)), parameters);
    return rows;
  }

  /** The first row of the answer, or null where there is none. */
  public <T> @Nullable T first(String sql, RowMapper<T> mapper, @Nullable Object... parameters)
      throws SQLException {
    List<T> rows = new ArrayList<>(1);
    each(
        sql,
        row -> {
          rows.add(mapper.map(row));
          return false;
        },
        parameters);
    return rows.isEmpty() ? null : rows.getFirst();
  }

  /** Visits the rows of the answer in turn, until the visitor says that it has seen enough. */
  public void each(String sql, Visitor visitor, @Nullable Object... parameters)
      throws SQLException {
    run(
        sql,
        statement -> {
          try (ResultSet rows = statement.executeQuery()) {
            int seen = 0;
            while (rows.next() && visitor.more(rows)) {
              seen++;
            }
            return seen;
          }
        },
        parameters);
  }

  /** Runs statements that are needed once, apart from each other by semicolons. */
  public void script(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  /** The connection itself, for what this class does not do. */
  public Connection connection() {
    return connection;
  }

  /** Closes the statements and leaves the connection open, to whom it belongs. */
  public void release() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
  }

  @Override
  public void close() throws SQLException {
    prepared.clear();
    connection.close();
  }

  private int run(String sql, Step step, @Nullable Object... parameters) throws SQLException {
    if (timeout != null) {
      connection.setNetworkTimeout(Runnable::run, timeout.getAsInt());
    }
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    try {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      return step.on(statement);
    } catch (SQLException e) {
      // Some drivers give a statement up that failed.
      prepared.remove(sql);
      statement.close();
      throw e;
    }
  }

  private interface Step {
    int on(PreparedStatement statement) throws SQLException;
  }

  /** Looks at one row. */
  @FunctionalInterface
  public interface Visitor {
    /** Returns false to see no more. */
    boolean more(ResultSet row) throws SQLException;
  }
}
