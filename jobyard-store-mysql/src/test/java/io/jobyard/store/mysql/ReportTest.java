package io.jobyard.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.StoreReport.Finding;
import io.jobyard.testing.MariaServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What doctor finds at a server that others use too. */
final class ReportTest {
  private static final String OPEN_FOR_LONG = "have been open for over a minute";

  private final MariaServer server = MariaServer.shared();
  private final String url = server.newDatabase();

  @AfterEach
  void drop() {
    server.drop(url);
  }

  private static List<String> findings(String url, String now) {
    try (JobStore store = MysqlStore.open(MysqlUrl.of(url), StoreOptions.defaults(), now)) {
      return store.report().findings().stream().map(Finding::text).toList();
    }
  }

  @Test
  void aTransactionThatStaysOpenIsFound() throws SQLException {
    Jobs.open(url).close();
    try (Connection other = server.connect(url);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("insert into jobyard_queues (name) values ('theirs')");
      assertThat(findings(url, Sql.SERVER_CLOCK)).noneMatch(text -> text.contains(OPEN_FOR_LONG));
      // To a clock that is two minutes ahead, it has been open for as long.
      assertThat(findings(url, "(" + Sql.SERVER_CLOCK + " + 120000)"))
          .anyMatch(text -> text.contains(OPEN_FOR_LONG));
      other.rollback();
    }
  }

  @Test
  void connectionsThatAreRunningOutAreFound() {
    assertThat(findings(url, Sql.SERVER_CLOCK)).noneMatch(text -> text.contains("are open, this"));
    assertThat(findings(url + (url.contains("?") ? "&" : "?") + "pool=1000", Sql.SERVER_CLOCK))
        .anyMatch(
            text -> text.matches("\\d+ connections are open, this process may take up to 1000.*"));
  }
}
