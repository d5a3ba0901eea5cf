package io.jobyard.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import io.jobyard.store.TransactionalStore;
import io.jobyard.store.contract.TransactionContract;
import io.jobyard.store.contract.TransactionHarness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes within a transaction of the application's on the same file. */
final class SqliteTransactionTest implements TransactionContract {
  private final SqliteHarness harness = new SqliteHarness();

  @Override
  public TransactionHarness harness() {
    return harness;
  }

  private static List<UUID> push(JobStore store, Connection connection, NewJob job) {
    return ((TransactionalStore) store).push(List.of(job), connection);
  }

  private static NewJob job() {
    return NewJob.of(UUID.randomUUID(), "mail", "kind", new byte[0]);
  }

  @Test
  void theApplicationsOwnRowsAndTheJobAreOne() throws SQLException {
    JobStore store = open();
    NewJob job = job();
    try (Connection connection = harness.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create table orders (id integer primary key)");
      connection.setAutoCommit(false);
      statement.execute("insert into orders values (1)");
      push(store, connection, job);
      connection.rollback();
      assertThat(store.find(List.of(job.id()))).isEmpty();
      statement.execute("insert into orders values (2)");
      push(store, connection, job);
      connection.commit();
      assertThat(store.find(List.of(job.id()))).hasSize(1);
      try (ResultSet row = statement.executeQuery("select group_concat(id) from orders")) {
        assertThat(row.getString(1)).isEqualTo("2");
      }
    }
  }

  @Test
  void theFileIsKnownByAnotherNameToo(@TempDir Path folder) throws SQLException, IOException {
    JobStore store = open();
    Path link =
        Files.createSymbolicLink(folder.resolve("here"), harness.file().folder().toRealPath());
    Path file = link.resolve(harness.file().path().getFileName());
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      assertThat(push(store, connection, job())).hasSize(1);
    }
  }

  @Test
  void aTransactionThatReadWhatIsOldIsToldToBeginAnew() throws SQLException {
    JobStore store = open();
    NewJob job = job();
    try (Connection connection = harness.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      try (ResultSet row = statement.executeQuery("select count(*) from jobyard_jobs")) {
        assertThat(row.getInt(1)).isZero();
      }
      store.push(List.of(job()));
      assertThatThrownBy(() -> push(store, connection, job))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("transaction_mode=IMMEDIATE");
      connection.rollback();
      push(store, connection, job);
      connection.commit();
    }
    assertThat(store.find(List.of(job.id()))).hasSize(1);
  }
}
