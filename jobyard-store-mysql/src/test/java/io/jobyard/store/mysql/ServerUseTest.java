package io.jobyard.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.Session;
import io.jobyard.testing.MariaServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server lets its users do, and what they cost it. */
final class ServerUseTest {
  private final MariaServer server = MariaServer.shared();
  private final String url = server.newDatabase();

  @AfterEach
  void drop() {
    server.drop(url);
  }

  @Test
  void theDocumentedRightsSuffice() throws Exception {
    String database = url.replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    String name = "u" + database.substring(database.length() - 20);
    String user = name + "@localhost";
    server.run(
        "create user " + user + " identified by 'it''s a@secret'",
        "grant select, insert, update, delete on " + database + ".* to " + user,
        "grant create, alter, index, drop on " + database + ".* to " + user);
    String theirs = url.replaceFirst("//.*@", "//" + name + ":it's%20a%40secret@");
    try (JobStore store = Jobs.open(theirs)) {
      Session session = Jobs.join(store, "app");
      store.push(Jobs.jobs(3));
      List<Lease> leases = Jobs.lease(store, session, 3);
      assertThat(store.settle(leases.stream().map(Jobs::done).toList())).isEmpty();
      assertThat(store.report().findings()).noneMatch(finding -> finding.problem());
      assertThat(store.report().findings())
          .anyMatch(finding -> finding.text().contains("grant process on *.*"));
      assertThat(store.report().url()).doesNotContain("secret");
    }
    server.run("revoke create, alter, index, drop on " + database + ".* from " + user);
    try (JobStore store = Jobs.open(theirs)) {
      store.push(Jobs.jobs(1));
    }
    server.run("revoke insert on " + database + ".* from " + user);
    try (JobStore store = Jobs.open(theirs)) {
      assertThatThrownBy(() -> store.push(Jobs.jobs(1)))
          .isInstanceOf(JobyardException.class)
          .hasMessageContaining("lacks a right");
    }
    server.run("drop user " + user);
    assertThatThrownBy(() -> Jobs.open(theirs, Duration.ofSeconds(1)))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("user or password is wrong")
        .hasMessageNotContaining("secret");
  }

  /** A lease of an empty queue is all that an idle node asks again and again. */
  @Test
  void anIdleQueueCostsOneStatement() throws Exception {
    try (JobStore store = Jobs.open(url);
        Connection connection = server.connect()) {
      Session session = Jobs.join(store, "app");
      Jobs.lease(store, session, 5);
      long before = questions(connection);
      for (int i = 0; i < 50; i++) {
        assertThat(Jobs.lease(store, session, 5)).isEmpty();
      }
      // The server may be shared with other tests' stores, which all stand still here.
      assertThat(questions(connection) - before).isBetween(50L, 60L);
    }
  }

  private static long questions(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show global status like 'Questions'")) {
      row.next();
      return row.getLong(2);
    }
  }

  @Test
  void theLineIsReadByItsIndex() throws Exception {
    try (JobStore store = Jobs.open(url);
        Database database = database()) {
      store.push(Jobs.jobs(500));
      String head = Line.HEAD.replace("{and}", "");
      assertThat(plan(database, head, 1, 0, 0, 7, 10)).contains("line").doesNotContain("filesort");
      String tail = Line.TAIL.replace("{and}", "");
      assertThat(plan(database, tail, 1, 0, 10)).contains("line").doesNotContain("filesort");
      assertThat(plan(database, Leasing.DUE, 1, 1L, 10)).contains("line");
      assertThat(plan(database, Counting.COUNTS)).contains("Using index");
    }
  }

  private Database database() {
    return new Database(MysqlUrl.of(url), Duration.ofSeconds(30), Sql.SERVER_CLOCK);
  }

  private static String plan(Database database, String sql, Object... parameters) {
    return database.read(tx -> {
      StringBuilder plan = new StringBuilder();
      tx.each(
          "explain " + sql,
          row -> {
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
              plan.append(row.getString(i)).append(' ');
            }
            return true;
          },
          parameters);
      return plan.toString();
    });
  }

  @Test
  void aMigrationThatBrokeOffIsRepeated() {
    MysqlStoreProvider provider = new MysqlStoreProvider();
    var options = io.jobyard.store.StoreOptions.defaults();
    assertThat(provider.migrate(url, options, true)).hasSize(2);
    Jobs.open(url).close();
    assertThat(provider.migrate(url, options, true)).isEmpty();
    String database = url.replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    server.run(
        "update " + database + ".jobyard_schema set version = 0",
        "drop table " + database + ".jobyard_wakes");
    assertThat(provider.migrate(url, options, false)).hasSize(2);
    try (JobStore store = Jobs.open(url)) {
      store.push(Jobs.jobs(1));
      assertThat(Jobs.status(store).ready()).isEqualTo(1);
    }
  }
}
