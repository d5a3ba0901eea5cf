package io.jobyard.scenarios;

import static io.jobyard.scenarios.Scene.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.scenarios.Line.What;
import io.jobyard.store.NewJob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Errors, crashes, hangs and a flood in one queue, seen from another. */
@Staged(on = Ground.SQLITE)
class IsolationTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SAMPLES = 40;

  private final Cast cast;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  IsolationTest(Cast cast) {
    this.cast = cast;
  }

  @Test
  void harmInOneQueueDoesNotSlowDownAnother() throws Exception {
    try (Scene scene = new Scene(dir, cast.ground().place(dir))) {
      scene.node(
          "app-1",
          """
          queues:
            default: {mode: %1$s, processes: 1, memory: 64m}
            harm:
              mode: %1$s
              processes: 1
              threads: 4
              timeout: 1s
              kill-grace: 200ms
              retries: 0
              max-crashes: 1
          """
              .formatted(cast.mode().word()));
      medianStart(scene);
      long before = medianStart(scene);

      scene.pushAll("harm", "chaos-spin", "", 2);
      scene.push(copies(10, Scene.job("harm", "chaos-exit", "\"code\":1")));
      scene.push(copies(500, Scene.job("harm", "nobody-knows-this", "")));
      scene.pushAll("harm", "chaos-work", ",\"millis\":1", 30_000);
      long during = medianStart(scene);

      System.out.printf(
          "median start %.1f ms, with harm in another queue %.1f ms%n", before / 1e6, during / 1e6);
      // Generous: the harm takes its share of the same processors.
      assertThat(during).isLessThan(10 * before + Duration.ofMillis(50).toNanos());
      assertThat(scene.status("harm").ready()).as("the harm goes on").isPositive();
    }
  }

  /** From push to start, one job at a time, in nanoseconds. */
  private static long medianStart(Scene scene) {
    long[] waits = new long[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      long before = System.nanoTime();
      UUID id = scene.push("chaos-work", ",\"millis\":0");
      waiting(PATIENCE, "the job").until(() -> scene.store.find(List.of(id)).isEmpty());
      waits[i] = start(scene, id) - before;
    }
    Arrays.sort(waits);
    return waits[SAMPLES / 2];
  }

  private static long start(Scene scene, UUID id) {
    return scene.ledger.lines(id).stream()
        .filter(line -> line.what() == What.START)
        .findFirst()
        .orElseThrow()
        .nanos();
  }

  private static List<NewJob> copies(int count, NewJob of) {
    return Stream.generate(
            () -> NewJob.of(UUID.randomUUID(), of.queue(), of.kind(), of.payload().bytes()))
        .limit(count)
        .toList();
  }
}
