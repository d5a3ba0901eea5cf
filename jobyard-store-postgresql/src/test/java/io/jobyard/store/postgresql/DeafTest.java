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
import java.sql.ResultSet;
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

  /** More than a notification takes. */
  private static final String LARGE = "large".repeat(2_000);

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

  private static Signal signal(String topic, String text) {
    return new Signal(topic, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Signal signal) {
    return new String(signal.body(), StandardCharsets.UTF_8);
  }

  /** How many messages were ever put into the table. */
  private long stored() throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select coalesce(max(number), 0) from %s.jobyard_signals".formatted(schema()))) {
      row.next();
      return row.getLong(1);
    }
  }

  private String schema() {
    return url.substring(url.indexOf("schema=") + "schema=".length());
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
      Subscription unusedHeard = here.hear("crew", signal -> heard.add(text(signal)));
      awaitDeaf(here);
      awaitDeaf(there);
      await()
          .atMost(SOON)
          .pollInterval(BEAT)
          .until(() -> {
            there.signal(List.of(signal("crew", "hello")));
            return heard.contains("hello");
          });
    }
  }

  @Test
  void whoHearsNothingIsReachedByOthersAndReachesThem() {
    List<String> heard = new CopyOnWriteArrayList<>();
    try (JobStore deaf = open(url + "&listen=false");
        JobStore hearing = open(url)) {
      Subscription unusedDeaf = deaf.hear("deaf", signal -> heard.add(text(signal)));
      Subscription unusedHearing = hearing.hear("hearing", signal -> heard.add(text(signal)));
      hearing.signal(List.of(signal("deaf", "one"), signal("deaf", LARGE), signal("deaf", "two")));
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(heard).containsExactly("one", LARGE, "two"));
      heard.clear();
      deaf.signal(
          List.of(signal("hearing", "one"), signal("hearing", LARGE), signal("hearing", "two")));
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(heard).containsExactly("one", LARGE, "two"));
    }
  }

  @Test
  void messagesAreStoredOnlyWhileSomebodyHearsNothing() {
    List<String> heard = new CopyOnWriteArrayList<>();
    try (JobStore hearing = open(url)) {
      Subscription unusedHearing = hearing.hear("crew", signal -> heard.add(text(signal)));
      await()
          .atMost(PATIENCE)
          .pollInterval(BEAT)
          .until(() -> {
            long before = stored();
            hearing.signal(List.of(signal("crew", "nobody is deaf")));
            return stored() == before;
          });
      await().atMost(SOON).until(() -> heard.contains("nobody is deaf"));
      try (JobStore deaf = open(url + "&listen=false")) {
        Subscription unusedDeaf = deaf.hear("crew", signal -> heard.add("deaf: " + text(signal)));
        await()
            .atMost(SOON)
            .pollInterval(BEAT)
            .until(() -> {
              hearing.signal(List.of(signal("crew", "somebody is deaf")));
              return heard.contains("deaf: somebody is deaf");
            });
      }
    }
  }

  @Test
  void whoHearsNothingIsToldOfALostConnectionByTheNextStatement() {
    String name = "deaf" + schema();
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
