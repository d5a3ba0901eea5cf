package io.jobyard.store.mysql;

import io.jobyard.store.contract.IdleContract;
import io.jobyard.testing.MariaServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Counted by the server's {@code Questions}. */
final class IdleTest implements IdleContract {
  private MariaServer server;
  private Connection connection;
  private long own;

  @BeforeEach
  void start() throws SQLException {
    server = MariaServer.startOwn();
    connection = server.connect();
  }

  @AfterEach
  void stop() throws SQLException {
    connection.close();
    server.close();
  }

  @Override
  public String url() {
    return server.newDatabase();
  }

  @Override
  public long asked() {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show global status like 'Questions'")) {
      row.next();
      return row.getLong(2) - ++own;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
