package io.jobyard.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.Jobyard;
import io.jobyard.run.LocalNode;
import io.jobyard.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a node with nothing to do asks of the database; it has one to itself, so as to be counted.
 */
final class IdleTest {
  private static final Duration SPAN = Duration.ofSeconds(8);

  /** In the first it may still be starting, and the server cleans up when it likes. */
  private static final int SPANS = 4;

  /**
   * The counts of a connection reach the statistics up to a second late, and a few at its start.
   */
  private static final int LATE = 8;

  private final PostgresServer server = PostgresServer.shared();
  private final String url = server.freshUrl();
  private final String database = url.substring(url.indexOf("schema=") + "schema=".length());

  @BeforeEach
  void createDatabase() throws SQLException {
    run("create database " + database + " template template0");
  }

  @AfterEach
  void dropDatabase() throws SQLException {
    run("drop database " + database);
  }

  private void run(String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * Every statement of an idle node is a transaction of its own. So is the pool's look, before it,
   * whether the connection still lives, an empty query.
   */
  private long transactions() throws SQLException {
    String sql =
        "select xact_commit + xact_rollback from pg_stat_database where datname = '"
            + database
            + "'";
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void anIdleNodeAsksAtMostTwiceASecond() throws SQLException {
    String own = url.replaceFirst("/[^/?]+\\?", "/" + database + "?");
    try (Jobyard yard = Jobyard.open(own);
        LocalNode node = yard.work()) {
      assertThat(node).isNotNull();
      await().atMost(Duration.ofMinutes(1)).until(() -> !yard.store().nodes().isEmpty());
      List<String> spans = new ArrayList<>();
      boolean quiet = false;
      while (!quiet && spans.size() < SPANS) {
        long before = transactions();
        long start = System.nanoTime();
        await()
            .atMost(SPAN.multipliedBy(4))
            .until(() -> System.nanoTime() - start > SPAN.toNanos());
        long asked = transactions() - before;
        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat(asked).as("it is not counted at all").isPositive();
        quiet = asked < 2 * 2 * seconds + LATE;
        spans.add("%d in %.1f s".formatted(asked, seconds));
      }
      assertThat(quiet).as("transactions: %s", spans).isTrue();
    }
  }
}
