package io.jobyard.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.Jobyard;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Jobs pushed within the application's own transactions, while a node waits for them. */
@Staged(on = {Ground.SQLITE, Ground.POSTGRESQL, Ground.MARIADB})
final class TransactionTest {
  private static final int ORDERS = 100;

  /** Longer than the node's poll. */
  private static final Duration LONG_ENOUGH = Duration.ofMillis(1_200);

  private final Random random = new Random(4711);
  private final Cast cast;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  TransactionTest(Cast cast) {
    this.cast = cast;
  }

  @Test
  void aJobRunsIfItsTransactionCommitsAndNotBefore() throws Exception {
    try (Scene scene = new Scene(dir, cast.ground().place(dir));
        Jobyard yard = Jobyard.open(scene.url);
        Connection connection = cast.ground().connect(scene)) {
      ChaosNode node = scene.node("app-1", cast.settings("lease: 15s"));
      execute(connection, "drop table if exists orders");
      execute(connection, "create table orders (job varchar(36))");
      connection.setAutoCommit(false);
      node.awaitWorkers(Cast.PROCESSES);

      UUID slow = order(scene, yard, connection);
      await()
          .during(LONG_ENOUGH)
          .atMost(LONG_ENOUGH.multipliedBy(5))
          .until(() -> scene.ledger.lines(slow).isEmpty());
      connection.commit();

      for (int i = 0; i < ORDERS; i++) {
        order(scene, yard, connection);
        if (random.nextBoolean()) {
          connection.commit();
        } else {
          connection.rollback();
        }
      }
      connection.setAutoCommit(true); // SQLite's driver begins the next one at once, and locks
      scene.pushed.addAll(orders(connection));
      scene.awaitDrained(Duration.ofMinutes(2));
      assertThat(scene.pushed).contains(slow).hasSizeBetween(ORDERS / 4, 3 * ORDERS / 4);
      Audit.of(scene, List.of()).print(cast + ", in transactions").assertNothingLost();
    }
  }

  /** A row of the application's and a job, in its transaction. */
  private static UUID order(Scene scene, Jobyard yard, Connection connection) throws SQLException {
    UUID id =
        yard.in(connection)
            .push("chaos-value", Map.of("ledger", scene.ledger.file().toString(), "millis", 1))
            .id();
    try (PreparedStatement insert = connection.prepareStatement("insert into orders values (?)")) {
      insert.setString(1, id.toString());
      insert.executeUpdate();
    }
    return id;
  }

  private static Set<UUID> orders(Connection connection) throws SQLException {
    Set<UUID> ids = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select job from orders")) {
      while (rows.next()) {
        ids.add(UUID.fromString(rows.getString(1)));
      }
    }
    return ids;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
