package io.jobyard.store.mysql;

import io.jobyard.store.contract.MigrationContract;
import io.jobyard.testing.MariaServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;

/** The MySQL store comes by its tables as the contract says. */
final class MysqlMigrationTest implements MigrationContract {
  private final MariaServer server = MariaServer.shared();
  private final String url = server.newDatabase();

  @AfterEach
  void drop() {
    server.drop(url);
  }

  @Override
  public String url() {
    return url;
  }

  /** The server itself tells the statements apart. */
  @Override
  public void run(String text) throws SQLException {
    MysqlUrl address = MysqlUrl.of(url);
    Properties properties = new Properties();
    properties.putAll(address.parameters());
    properties.setProperty("user", address.user());
    properties.setProperty("password", address.password());
    properties.setProperty("allowMultiQueries", "true");
    try (Connection connection = DriverManager.getConnection(address.jdbc(), properties);
        Statement statement = connection.createStatement()) {
      boolean unused = statement.execute(text);
      // An error of a later statement is told with its result.
      while (statement.getMoreResults() || statement.getUpdateCount() != -1) {}
    }
  }

  @Override
  public void age() throws SQLException {
    run("update jobyard_schema set version = 0");
  }
}
