package io.jobyard.scenarios;

import static io.jobyard.scenarios.Scene.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.scenarios.Doubles.Run;
import io.jobyard.testing.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
@Staged(
    grabbing = {
      Ground.SQLITE,
      Ground.POSTGRESQL,
      Ground.MARIADB,
      Ground.REDIS,
      Ground.REDIS_CLUSTER
    })
@Tag("soak")
final class FrozenTest {
  private static final Duration LEASE = Duration.ofSeconds(2);

  private final Cast cast;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path dir;

  FrozenTest(Cast cast) {
    this.cast = cast;
  }

  /** {@code -Dscenarios.rounds=10} plays fewer. */
  @Test
  void noStaleSettlementIsAcceptedInFortyRounds() throws Exception {
    play(Integer.getInteger("scenarios.rounds", 40));
  }

  private void play(int rounds) throws Exception {
    try (Scene scene = new Scene(dir, cast.ground().place(dir))) {
      ChaosNode frozen = scene.node("app-1", cast.settings());
      ChaosNode other = scene.node("app-2", cast.settings());
      frozen.awaitReadyWorkers(Cast.PROCESSES);
      other.awaitReadyWorkers(Cast.PROCESSES);
      Harm harm = new Harm(new Random(4711), List.of(frozen));
      for (int round = 0; round < rounds; round++) {
        playRound(scene, frozen, harm);
      }
      scene.awaitDrained(Duration.ofMinutes(2));
      audit(scene, rounds, harm.deaths());
    }
  }

  private static void playRound(Scene scene, ChaosNode node, Harm harm) {
    // Long ones are taken over in the middle, short ones end unsettled in the frozen hands; more
    // than the other node can take before this one has started again.
    List<UUID> ids =
        new ArrayList<>(scene.pushAll(Scene.QUEUE, "chaos-tick", ",\"millis\":2600", 12));
    ids.addAll(scene.pushAll(Scene.QUEUE, "chaos-tick", ",\"millis\":100", 40));
    waiting(Duration.ofMinutes(2), "a run in the node to be frozen")
        .until(() -> scene.ledger.lines().stream().anyMatch(line -> ran(line, ids, node.pid())));
    harm.freeze(scene, node, LEASE);
    waiting(Duration.ofMinutes(2), "the other node to take over")
        .until(() -> ids.stream().allMatch(id -> scene.view(id).state() == JobState.SUCCEEDED));
    Signal.CONT.send(node.pid());
    node.awaitReadyWorkers(Cast.PROCESSES);
  }

  private static boolean ran(Line line, List<UUID> ids, long manager) {
    return line.manager() == manager && ids.contains(line.job());
  }

  private void audit(Scene scene, int rounds, List<Death> silences) {
    Audit audit = Audit.of(scene, silences).print(cast + ", frozen in " + rounds + " rounds");
    audit.assertNothingLost();
    assertThat(audit.doubles().excused()).as("runs taken over").hasSizeGreaterThanOrEqualTo(rounds);
    List<Line> lines = scene.ledger.lines();
    Map<String, Long> lastLines =
        lines.stream().collect(Collectors.toMap(Line::run, Line::nanos, Math::max));
    Doubles.runs(lines).values().forEach(runs -> assertNoOverlap(lastLines, runs));
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
}
