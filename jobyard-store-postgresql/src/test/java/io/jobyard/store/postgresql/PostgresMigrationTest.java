package io.jobyard.store.postgresql;

import io.jobyard.store.contract.MigrationContract;
import io.jobyard.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;

/** The PostgreSQL store comes by its tables as the contract says. */
final class PostgresMigrationTest implements MigrationContract {
  private final PostgresServer server = PostgresServer.shared();
  private final String url = server.freshUrl();

  @AfterEach
  void drop() {
    server.drop(url);
  }

  @Override
  public String url() {
    return url;
  }

  @Override
  public void run(String text) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  @Override
  public void age() throws SQLException {
    run("update " + url.replaceFirst(".*schema=", "") + ".jobyard_schema set version = 0");
  }
}
