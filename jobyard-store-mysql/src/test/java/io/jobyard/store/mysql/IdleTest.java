package io.jobyard.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.Jobyard;
import io.jobyard.run.LocalNode;
import io.jobyard.testing.MariaServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a node with nothing to do asks of a server that it has to itself. */
@Tag("soak")
final class IdleTest {
  /** Within a minute of the last activity it asks for wake-ups all the time. */
  private static final Duration CALM = Duration.ofSeconds(90);

  private static final Duration SPAN = Duration.ofMinutes(1);

  @Test
  void anIdleNodeAsksAtMostTwiceASecond() throws Exception {
    try (MariaServer server = MariaServer.startOwn();
        Jobyard yard = Jobyard.open(server.newDatabase());
        LocalNode node = yard.work()) {
      assertThat(node).isNotNull();
      await().atMost(SPAN).until(() -> !yard.store().nodes().isEmpty());
      TimeUnit.NANOSECONDS.sleep(CALM.toNanos());
      try (Connection connection = server.connect()) {
        long before = questions(connection);
        TimeUnit.NANOSECONDS.sleep(SPAN.toNanos());
        long asked = questions(connection) - before;
        System.out.printf("an idle node asked %d times in %d s%n", asked, SPAN.toSeconds());
        assertThat(asked).isBetween(SPAN.toSeconds() / 2, 2 * SPAN.toSeconds());
      }
    }
  }

  private static long questions(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show global status like 'Questions'")) {
      row.next();
      return row.getLong(2);
    }
  }
}
