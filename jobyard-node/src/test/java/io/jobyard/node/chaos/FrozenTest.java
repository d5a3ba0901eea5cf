package io.jobyard.node.chaos;

import static io.jobyard.node.chaos.Scene.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobState;
import io.jobyard.StoreUnavailable;
import io.jobyard.node.chaos.Doubles.Run;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A manager that is frozen until its leases ran out, while another node takes its jobs, and then
 * goes on: its workers had stopped in time, and nothing it settles late is accepted.
 */
class FrozenTest {
  private static final Duration LEASE = Duration.ofSeconds(2);

  /** A death of the manager is what others take its silence for. */
  private final List<Death> silences = new ArrayList<>();

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  @Test
  void noStaleSettlementIsAcceptedFromANodeThatWasFrozen() throws Exception {
    play(1);
  }

  @Test
  @Tag("soak")
  void noStaleSettlementIsAcceptedInFortyRounds() throws Exception {
    play(40);
  }

  @Test
  void whoIsFrozenWithinATransactionIsNamedAndGoesOnWithoutLoss() throws Exception {
    try (Scene scene = new Scene(dir)) {
      ChaosNode node = scene.node("app-1", settings());
      scene.pushAll(Scene.QUEUE, "chaos-work", ",\"millis\":1", 2_000);
      waiting(Duration.ofSeconds(20), "the first jobs")
          .until(() -> !scene.ledger.ended().isEmpty());
      freezeWithinATransaction(scene, node);
      StoreOptions impatient = new StoreOptions(dir, true, Duration.ofMillis(300));
      try (JobStore other = Stores.open(scene.url(), impatient)) {
        NewJob job = scene.logged(Scene.QUEUE, "chaos-work", ",\"millis\":1");
        assertThatThrownBy(() -> other.push(List.of(job)))
            .isInstanceOf(StoreUnavailable.class)
            .hasMessageContaining("process " + node.pid());
      } finally {
        Signal.CONT.send(node.pid());
      }
      scene.awaitDrained(Duration.ofSeconds(30));
      Audit.of(scene, List.of()).assertNothingLost();
    }
  }

  private static void freezeWithinATransaction(Scene scene, ChaosNode node) {
    Signal.freeze(node.pid());
    while (!scene.writer().equals(OptionalLong.of(node.pid()))) {
      assertThat(scene.status().ready()).as("jobs left to catch it with").isPositive();
      Signal.CONT.send(node.pid());
      Signal.freeze(node.pid());
    }
  }

  private void play(int rounds) throws Exception {
    try (Scene scene = new Scene(dir)) {
      ChaosNode frozen = scene.node("app-1", settings());
      ChaosNode other = scene.node("app-2", settings());
      frozen.awaitWorkers(2);
      other.awaitWorkers(2);
      for (int round = 0; round < rounds; round++) {
        playRound(scene, frozen);
      }
      scene.awaitDrained(Duration.ofSeconds(30));
      audit(scene, rounds);
    }
  }

  private static String settings() {
    return """
    lease: 2s
    queues:
      default: {processes: 2, threads: 4, memory: 64m, max-lost: 1000, max-crashes: 1000, keep-succeeded: 1h}
    """;
  }

  private void playRound(Scene scene, ChaosNode node) {
    // Long ones are taken over in the middle, short ones end unsettled in the frozen hands; more
    // than the other node can take before this one has started again.
    List<UUID> ids =
        new ArrayList<>(scene.pushAll(Scene.QUEUE, "chaos-tick", ",\"millis\":2600", 12));
    ids.addAll(scene.pushAll(Scene.QUEUE, "chaos-tick", ",\"millis\":100", 40));
    waiting(Duration.ofSeconds(10), "a run in the node to be frozen")
        .until(() -> scene.ledger.lines().stream().anyMatch(line -> ran(line, ids, node.pid())));
    long from = System.nanoTime();
    freezeOutsideATransaction(scene, node);
    silences.add(new Death(Death.Whose.MANAGER, node.pid(), from, from + LEASE.toNanos()));
    waiting(Duration.ofSeconds(20), "the other node to take over")
        .until(() -> ids.stream().allMatch(id -> scene.view(id).state() == JobState.SUCCEEDED));
    Signal.CONT.send(node.pid());
    node.awaitWorkers(2);
  }

  /** Whoever is frozen within a transaction holds up everybody: that is another test. */
  private static void freezeOutsideATransaction(Scene scene, ChaosNode node) {
    Signal.freeze(node.pid());
    while (scene.writer().equals(OptionalLong.of(node.pid()))) {
      Signal.CONT.send(node.pid());
      Signal.freeze(node.pid());
    }
  }

  private static boolean ran(Line line, List<UUID> ids, long manager) {
    return line.manager() == manager && ids.contains(line.job());
  }

  private void audit(Scene scene, int rounds) {
    List<Line> lines = scene.ledger.lines();
    Map<UUID, List<Run>> runs = Doubles.runs(lines);
    Doubles doubles = Doubles.of(lines, silences);
    Map<String, Long> lastLines =
        lines.stream().collect(Collectors.toMap(Line::run, Line::nanos, Math::max));
    int takenOver = 0;
    for (UUID id : scene.pushed) {
      List<Run> ofJob = runs.get(id);
      takenOver += ofJob.size() - 1;
      assertNoOverlap(lastLines, ofJob);
      assertThat(resultOf(scene.view(id)))
          .as("whose value %s has", id)
          .isEqualTo(ofJob.getLast().run());
    }
    System.out.printf(
        "%d rounds, %d jobs, %d taken over, not one stale settlement accepted%n",
        rounds, scene.pushed.size(), takenOver);
    assertThat(takenOver).as("jobs taken over").isGreaterThanOrEqualTo(rounds);
    assertThat(doubles.unexcused()).isEmpty();
    assertThat(scene.status().succeeded()).isEqualTo(scene.pushed.size());
    for (Death silence : silences) {
      assertThat(lines)
          .as("what workers of the frozen node did after their leases")
          .noneMatch(line -> wrote(line, silence));
    }
  }

  private static void assertNoOverlap(Map<String, Long> lastLines, List<Run> runs) {
    for (int i = 1; i < runs.size(); i++) {
      Run before = runs.get(i - 1);
      assertThat(lastLines.get(before.run()))
          .as("the end of run %s of job %s", before.run(), before.job())
          .isLessThan(runs.get(i).start());
    }
  }

  /** Between the end of the leases and the moment the node went on, its workers must be silent. */
  private static boolean wrote(Line line, Death silence) {
    return line.manager() == silence.pid()
        && line.nanos() > silence.until()
        && line.nanos() < silence.until() + Duration.ofSeconds(1).toNanos();
  }

  private static String resultOf(JobView job) {
    byte[] result = job.result();
    return result == null ? "" : new String(result, StandardCharsets.UTF_8).replace("\"", "");
  }
}
