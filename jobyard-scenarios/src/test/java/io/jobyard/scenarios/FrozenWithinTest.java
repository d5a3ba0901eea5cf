package io.jobyard.scenarios;

import static io.jobyard.scenarios.Scene.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import io.jobyard.testing.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A manager that is frozen while it holds the lock of SQLite's file. */
final class FrozenWithinTest {
  private static final String SETTINGS =
      """
      lease: 2s
      queues:
        default: {processes: 2, threads: 4, memory: 64m}
      """;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  @Test
  void whoIsFrozenWithinATransactionIsNamedAndGoesOnWithoutLoss() throws Exception {
    try (Scene scene = new Scene(dir)) {
      ChaosNode node = scene.node("app-1", SETTINGS);
      scene.pushAll(Scene.QUEUE, "chaos-work", ",\"millis\":1", 2_000);
      waiting(Duration.ofMinutes(2), "the first jobs").until(() -> !scene.ledger.ended().isEmpty());
      freezeWithinATransaction(scene, node);
      StoreOptions impatient = new StoreOptions(dir, true, Duration.ofMillis(300));
      try (JobStore other = Stores.open(scene.url, impatient)) {
        NewJob job = scene.logged(Scene.QUEUE, "chaos-work", ",\"millis\":1");
        assertThatThrownBy(() -> other.push(List.of(job)))
            .isInstanceOf(StoreUnavailable.class)
            .hasMessageContaining("process " + node.pid());
      } finally {
        Signal.CONT.send(node.pid());
      }
      scene.awaitDrained(Duration.ofMinutes(2));
      Audit.of(scene, List.of()).assertNothingLost();
    }
  }

  private static void freezeWithinATransaction(Scene scene, ChaosNode node) {
    Signal.freeze(node.pid());
    while (!WriteLock.holder(scene).equals(OptionalLong.of(node.pid()))) {
      assertThat(scene.status().ready()).as("jobs left to catch it with").isPositive();
      Signal.CONT.send(node.pid());
      Signal.freeze(node.pid());
    }
  }
}
