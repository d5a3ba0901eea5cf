package io.jobyard.store.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import io.jobyard.store.StoreOptions;
import io.jobyard.testing.MariaServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that takes what it is sent, and answers nothing. */
final class FrozenTest {
  private static final Duration PUSH_TIMEOUT = Duration.ofSeconds(4);
  private static final Duration SLACK = Duration.ofSeconds(2);

  /** More than may push at once. */
  private static final int PUSHES = 10;

  private final MariaServer server = MariaServer.startOwn();

  @AfterEach
  void closeServer() {
    server.close();
  }

  private static NewJob job(String queue) {
    return NewJob.of(UUID.randomUUID(), queue, "any", "{}".getBytes(StandardCharsets.UTF_8));
  }

  /** How long it was until it failed. */
  private static Duration push(JobStore store, String queue) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> store.push(List.of(job(queue)))).isInstanceOf(StoreUnavailable.class);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @ParameterizedTest
  @ValueSource(strings = {"known", "unknown"})
  void pushesFailInTime(String queue) {
    StoreOptions options = new StoreOptions(Path.of(""), true, PUSH_TIMEOUT, null, Map.of());
    try (JobStore store = new MysqlStoreProvider().open(server.newDatabase(), options)) {
      store.push(List.of(job("known")));
      server.freeze();
      try (ExecutorService pushing = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Duration>> pushes = new ArrayList<>();
        for (int i = 0; i < PUSHES; i++) {
          pushes.add(pushing.submit(() -> push(store, queue)));
        }
        for (Future<Duration> push : pushes) {
          assertThat(push)
              .succeedsWithin(Duration.ofMinutes(2))
              .satisfies(took -> assertThat(took).isLessThan(PUSH_TIMEOUT.plus(SLACK)));
        }
      } finally {
        server.thaw();
      }
    }
  }
}
