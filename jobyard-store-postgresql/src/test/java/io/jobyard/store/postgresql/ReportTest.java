package io.jobyard.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.StoreReport.Finding;
import io.jobyard.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code doctor} finds. */
final class ReportTest {
  private final PostgresServer server = PostgresServer.shared();
  private final String url = server.freshUrl();
  private final String schema = url.substring(url.indexOf("schema=") + "schema=".length());
  private JobStore store;

  @BeforeEach
  void open() {
    store = new PostgresStoreProvider().open(url, StoreOptions.defaults());
  }

  @AfterEach
  void close() {
    store.close();
    server.drop(url);
  }

  @ParameterizedTest
  @CsvSource({"line,off", "leased,0", "counters,no", "later,false", "jobs,F"})
  void aTableWithoutAutovacuumIsFoundHoweverThatWasSaid(String table, String off)
      throws SQLException {
    String name = schema + ".jobyard_" + table;
    assertThat(problemsOfTables()).isEmpty();
    alter(name, "set (autovacuum_enabled = " + off + ", fillfactor = 90)");
    assertThat(problemsOfTables())
        .containsExactly(
            new Finding(
                true,
                "autovacuum is off for %1$s; run: alter table %1$s reset (autovacuum_enabled)"
                    .formatted(name)));
    alter(name, "set (autovacuum_enabled = on)");
    assertThat(problemsOfTables()).isEmpty();
  }

  private List<Finding> problemsOfTables() {
    return store.report().findings().stream()
        .filter(finding -> finding.text().startsWith("autovacuum is off for"))
        .toList();
  }

  private void alter(String table, String how) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("alter table " + table + " " + how);
    }
  }
}
