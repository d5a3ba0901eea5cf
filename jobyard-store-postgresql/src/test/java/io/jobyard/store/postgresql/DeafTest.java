package io.jobyard.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.store.JobStore;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.store.StoreListener;
import io.jobyard.store.StoreOptions;
import io.jobyard.testing.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stores that notifications do not reach, as behind a pooler in transaction mode. */
final class DeafTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration BEAT = Duration.ofMillis(200);

  private final PostgresServer server = PostgresServer.shared();
  private final String url = server.freshUrl();

  @AfterEach
  void drop() {
    server.drop(url);
  }

  private static JobStore open(String url) {
    return new PostgresStoreProvider().open(url, StoreOptions.defaults());
  }

  private static void awaitDeaf(JobStore store) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            store.report().findings().stream()
                .anyMatch(finding -> finding.text().contains("notifications do not get through")));
  }

  @Test
  void whoSubscribedBeforeThatWasFoundHearsAllTheSame() throws IOException {
    List<String> heard = new CopyOnWriteArrayList<>();
    try (Relay relay = new Relay(url);
        JobStore here = open(relay.url());
        JobStore there = open(relay.url())) {
      Subscription unusedHeard =
          here.hear("crew", signal -> heard.add(new String(signal.body(), StandardCharsets.UTF_8)));
      awaitDeaf(here);
      awaitDeaf(there);
      await()
          .atMost(SOON)
          .pollInterval(BEAT)
          .until(() -> {
            there.signal(List.of(new Signal("crew", "hello".getBytes(StandardCharsets.UTF_8))));
            return heard.contains("hello");
          });
    }
  }

  @Test
  void whoHearsNothingIsToldOfALostConnectionByTheNextStatement() {
    String name = "deaf" + url.substring(url.indexOf("schema=") + "schema=".length());
    AtomicBoolean away = new AtomicBoolean();
    try (JobStore store = open(url + "&listen=false&ApplicationName=" + name)) {
      Subscription unusedAway =
          store.listen(
              new StoreListener() {
                @Override
                public void ready(String queue) {}

                @Override
                public void away() {
                  away.set(true);
                }
              });
      assertThat(store.queues()).isEmpty();
      assertThat(away).isFalse();
      // A connection that was idle for a while is replaced before anything is asked on it.
      await()
          .atMost(SOON)
          .until(() -> {
            store.queues();
            cut(name);
            store.queues();
            return away.get();
          });
    }
  }

  private void cut(String name) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '"
              + name
              + "'");
    }
  }
}
