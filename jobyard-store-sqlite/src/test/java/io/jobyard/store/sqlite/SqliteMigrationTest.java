package io.jobyard.store.sqlite;

import io.jobyard.store.contract.MigrationContract;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.io.TempDir;

/** The SQLite store comes by its tables as the contract says. */
final class SqliteMigrationTest implements MigrationContract {
  @TempDir Path folder;

  @Override
  public String url() {
    return "sqlite:" + folder.resolve("jobyard.db");
  }

  @Override
  public void run(String text) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:" + url());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(text);
    }
  }

  @Override
  public void age() throws SQLException {
    run("update jobyard_schema set version = 0");
  }
}
