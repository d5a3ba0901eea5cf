package io.jobyard.store.postgresql;

import static org.awaitility.Awaitility.await;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.JobHandle;
import io.jobyard.Jobyard;
import io.jobyard.config.Config;
import io.jobyard.run.LocalNode;
import io.jobyard.testing.PostgresServer;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A job whose transaction committed after later ones were leased and had ended, as a node meets it
 * that looks by itself only now and then.
 */
final class LateCommitTest {
  private static final Set<String> RAN = ConcurrentHashMap.newKeySet();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Not a second, for a machine that has other things to do. */
  private static final Duration SOON = Duration.ofSeconds(10);

  private static final Duration POLL = Duration.ofHours(1);

  /** Where a lease begins at the start by chance, the job is found whatever the poll. */
  private static final int ROUNDS = 5;

  private final PostgresServer server = PostgresServer.shared();
  private final String url = server.freshUrl();
  private Jobyard yard;
  private LocalNode node;

  /** Says that it ran. */
  public record Note(String text) implements Job {
    @Override
    public void run(JobContext job) {
      RAN.add(text);
    }
  }

  @BeforeEach
  void runSoManyThatTheHeadIsRemembered() {
    Config config =
        Jobyard.configure()
            .environment(Map.of())
            .store(url)
            .queue("default", queue -> queue.poll(POLL))
            .build();
    yard = Jobyard.open(config);
    node = yard.work();
    yard.pushAll(Collections.nCopies(1_500, new Note("many")));
    await().atMost(PATIENCE).until(() -> yard.store().queues().getFirst().succeeded() == 1_500);
  }

  @AfterEach
  void close() {
    node.close();
    yard.close();
    server.drop(url);
  }

  @Test
  void isFoundSoonWhateverThePoll() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String late = url + " late " + round;
      JobHandle<Void> later;
      try (Connection connection = server.connect()) {
        connection.setAutoCommit(false);
        yard.in(connection).push(new Note(late));
        later = yard.push(new Note("later"));
        later.await(PATIENCE);
        connection.commit();
      }
      await().atMost(SOON).until(() -> RAN.contains(late));
    }
  }
}
