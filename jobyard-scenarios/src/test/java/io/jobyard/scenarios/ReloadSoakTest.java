package io.jobyard.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.node.control.NodeControl;
import io.jobyard.node.generation.Reloads;
import io.jobyard.node.generation.Variant;
import io.jobyard.store.NewJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** New code again and again under a thousand jobs a second: nobody notices but the code. */
@Tag("soak")
@Isolated // it measures
class ReloadSoakTest {
  private static final int A_BATCH = 20;
  private static final Duration PACE = Duration.ofMillis(20);
  private static final int CHANGES = 10;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  private final Map<UUID, Long> pushedAt = new HashMap<>();

  /** One run, as the job wrote it down. */
  private record Ran(UUID job, String version, long waited) {
    static Ran parse(String line) {
      String[] words = line.split(" ");
      return new Ran(UUID.fromString(words[0]), words[1], Long.parseLong(words[3]));
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void nothingIsLostInFiveReloads(Mode mode) throws Exception {
    List<Ran> unused = play(mode, 5, Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void nothingIsLostAndNobodyWaitsInAHundredReloads(Mode mode) throws Exception {
    List<Ran> runs = play(mode, 100, Duration.ofSeconds(20));

    assertThat(runs.stream().mapToLong(Ran::waited).max().orElseThrow())
        .as("the longest wait for a start, in ns")
        .isLessThan(Duration.ofSeconds(1).toNanos());
  }

  /** From a jar's change to the first job that runs its code, while jobs are pushed. */
  @Test
  void aWatchedChangeTakesEffectWithinThreeSeconds() throws Exception {
    Path jar = Files.write(dir.resolve("app.jar"), Variant.jar("v0"));
    try (Scene scene = new Scene(dir)) {
      ChaosNode unused = scene.node("app-1", "watch: true\n" + settings(Mode.DISTRIBUTE, jar));
      awaitFirst(scene);
      long[] took = new long[CHANGES];
      for (int i = 0; i < CHANGES; i++) {
        String version = "v" + (i + 1);
        byte[] changed = Variant.jar(version);
        long before = System.nanoTime();
        Files.write(jar, changed);
        Scene.waiting(Duration.ofMinutes(1), version)
            .pollInterval(PACE)
            .until(() -> {
              pushSome(scene);
              return runs().stream().anyMatch(run -> run.version().equals(version));
            });
        took[i] = System.nanoTime() - before;
      }
      scene.awaitDrained(Duration.ofMinutes(2));
      Arrays.sort(took);
      System.out.printf(
          "%d watched changes took effect after %.2f s in the median (%.2f to %.2f)%n",
          CHANGES, share(took, 0.5) / 1e3, took[0] / 1e9, took[CHANGES - 1] / 1e9);
      assertThat(took[CHANGES - 1]).isLessThan(Duration.ofSeconds(3).toNanos());
    }
  }

  private static String settings(Mode mode, Path jar) {
    return """
    classpath: %s
    on-start: app.Boot
    aot: false
    queues:
      default: {mode: %s, processes: 3, threads: 4, memory: 64m, retries: 0}
    """
        .formatted(jar, mode.word());
  }

  private List<Ran> play(Mode mode, int reloads, Duration quiet) throws Exception {
    Path jar = Files.write(dir.resolve("app.jar"), Variant.jar("v0"));
    byte[][] versions = new byte[reloads][];
    for (int i = 0; i < reloads; i++) {
      versions[i] = Variant.jar("v" + (i + 1));
    }
    long begin;
    long end;
    try (Scene scene = new Scene(dir)) {
      ChaosNode node = scene.node("app-1", settings(mode, jar));
      Scene.waiting(Duration.ofMinutes(2), "the workers")
          .until(
              () -> node.log().stream().filter(l -> l.contains(" is ready after ")).count() == 3);
      awaitFirst(scene);
      try (ScheduledExecutorService pusher = Executors.newSingleThreadScheduledExecutor()) {
        var pushes =
            pusher.scheduleAtFixedRate(
                () -> pushSome(scene), 0, PACE.toMillis(), TimeUnit.MILLISECONDS);
        TimeUnit.NANOSECONDS.sleep(quiet.toNanos()); // the load without reloads, to compare with
        begin = System.nanoTime();
        for (int i = 0; i < reloads; i++) {
          if (i == reloads / 2) {
            Files.write(jar, Arrays.copyOf(versions[i], versions[i].length / 2));
            assertThat(reload().reason()).contains("is not a whole jar");
          }
          Files.write(jar, versions[i]);
          assertThat(reload().reason()).isNull();
        }
        end = System.nanoTime();
        pushes.cancel(false);
      }
      scene.awaitDrained(Duration.ofMinutes(2));
      assertThat(reload().generation()).isEqualTo(reloads + 3);
      assertThat(node.stop(Duration.ofMinutes(1))).isZero();
      assertThat(node.log().stream().filter(l -> l.contains("WARN")))
          .as("warnings")
          .singleElement()
          .asString()
          .contains("is not a whole jar");
      List<Ran> runs = runs();
      assertThat(scene.failed()).isEmpty();
      assertThat(scene.status().succeeded()).isEqualTo(scene.pushed.size());
      assertThat(runs.stream().map(Ran::job)).doesNotHaveDuplicates();
      assertThat(runs.stream().map(Ran::job).collect(Collectors.toSet())).isEqualTo(scene.pushed);
      assertThat(runs.stream().map(Ran::version).distinct()).hasSizeGreaterThan(reloads / 2);
      report(mode, runs, begin, end, reloads);
      return runs;
    }
  }

  private void awaitFirst(Scene scene) {
    pushSome(scene);
    scene.awaitDrained(Duration.ofMinutes(1));
  }

  private void pushSome(Scene scene) {
    List<NewJob> jobs = new ArrayList<>();
    long now = System.nanoTime();
    for (int i = 0; i < A_BATCH; i++) {
      NewJob job =
          Scene.job(
              Scene.QUEUE,
              "versioned",
              "\"file\":\"%s\",\"pushed\":%d,\"millis\":2".formatted(dir.resolve("ran"), now));
      pushedAt.put(job.id(), now);
      jobs.add(job);
    }
    scene.push(jobs);
  }

  private Reloads reload() {
    try (NodeControl control = NodeControl.connect(dir.resolve("app-1/run"))) {
      return control.reload();
    }
  }

  private List<Ran> runs() throws Exception {
    return Files.readAllLines(dir.resolve("ran")).stream().map(Ran::parse).toList();
  }

  private void report(Mode mode, List<Ran> runs, long begin, long end, int reloads) {
    System.out.printf(
        "%s: %d reloads in %.1f s, %d jobs; push called to job started, in ms:%n",
        mode, reloads, (end - begin) / 1e9, runs.size());
    print("without reloads", runs, Long.MIN_VALUE, begin);
    print("during reloads", runs, begin, end);
  }

  private void print(String when, List<Ran> runs, long from, long to) {
    long[] waits =
        runs.stream()
            .filter(run -> within(pushedAt.getOrDefault(run.job(), 0L), from, to))
            .mapToLong(Ran::waited)
            .sorted()
            .toArray();
    System.out.printf(
        "  %-16s %6d jobs, p50 %.1f, p99 %.1f, longest %.1f%n",
        when,
        waits.length,
        share(waits, 0.5),
        share(waits, 0.99),
        LongStream.of(waits).max().orElse(0) / 1e6);
  }

  private static boolean within(long moment, long from, long to) {
    return moment >= from && moment < to;
  }

  private static double share(long[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[(int) (sorted.length * share)] / 1e6;
  }
}
