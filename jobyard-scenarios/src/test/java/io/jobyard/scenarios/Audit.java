package io.jobyard.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.scenarios.Doubles.Run;
import io.jobyard.store.JobView;
import io.jobyard.store.QueueStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The count at the end: what was pushed, what the ledger says was done, what the store says.
 *
 * @param lost jobs whose push was acknowledged and that never came to their end
 * @param stale jobs whose result is not that of their last run: the settlement of an earlier one
 *     was accepted although its lease was another's
 * @param unproven jobs whose result should be there and is not, so that nobody can tell
 */
record Audit(
    Scene scene,
    List<Death> deaths,
    Doubles doubles,
    Set<UUID> lost,
    Set<UUID> stale,
    Set<UUID> unproven) {
  private static final int BATCH = 500;
  private static final int MOST_TOLD = 2;

  static Audit of(Scene scene, List<Death> deaths) {
    List<Line> ledger = scene.ledger.lines();
    Set<UUID> lost = new HashSet<>(scene.pushed);
    lost.removeAll(scene.ledger.ended());
    Set<UUID> stale = new HashSet<>();
    Set<UUID> unproven = new HashSet<>(scene.valued);
    compare(scene, ledger, stale, unproven);
    return new Audit(
        scene,
        List.copyOf(deaths),
        Doubles.of(ledger, deaths, scene.pulse::stoodStill),
        lost,
        stale,
        unproven);
  }

  private static void compare(Scene scene, List<Line> ledger, Set<UUID> stale, Set<UUID> unproven) {
    Map<UUID, List<Run>> runs = Doubles.runs(ledger);
    List<UUID> all = new ArrayList<>(scene.pushed);
    for (int from = 0; from < all.size(); from += BATCH) {
      List<UUID> some = all.subList(from, Math.min(from + BATCH, all.size()));
      for (JobView job : scene.store.find(some)) {
        byte[] result = job.result();
        String last =
            runs.getOrDefault(job.id(), List.of()).reversed().stream()
                .map(Run::run)
                .findFirst()
                .orElse("none");
        if (result != null) {
          unproven.remove(job.id());
          if (!new String(result, StandardCharsets.UTF_8).contains(last)) {
            stale.add(job.id());
          }
        }
      }
    }
  }

  Audit print(String what) {
    System.out.printf(
        "%s: %d jobs, %d deaths, %d lost, %d runs doubled and excused, %d not, %d stale"
            + " settlements accepted%n",
        what,
        scene.pushed.size(),
        deaths.size(),
        lost.size(),
        doubles.excused().size(),
        doubles.unexcused().size(),
        stale.size());
    return this;
  }

  /** All succeeded, each is in the ledger, the counts agree, and no double lacks its excuse. */
  void assertNothingLost() {
    assertThat(lost).as("lost").isEmpty();
    assertThat(unproven).as("results that are not there to be compared").isEmpty();
    assertNothingWrong();
    QueueStatus status = scene.status();
    assertThat(status.succeeded()).isEqualTo(scene.pushed.size());
    assertThat(Scene.sum(status)).isEqualTo(scene.pushed.size());
  }

  /** No double lacks its excuse, and no stale settlement was accepted. */
  void assertNothingWrong() {
    assertThat(scene.pushed).containsAll(scene.ledger.ended());
    assertThat(doubles.unexcused().stream().map(this::told).toList())
        .as("doubles without an excuse")
        .isEmpty();
    assertThat(stale).as("stale settlements accepted").isEmpty();
  }

  /** The run, and how long after its end those died that it went through, or the store. */
  private String told(Run run) {
    return deaths.stream()
        .filter(death ->
            switch (death.whose()) {
              case WORKER -> death.pid() == run.worker();
              case MANAGER -> death.pid() == run.manager();
              case STORE -> death.until() > run.start();
            })
        .limit(MOST_TOLD)
        .map(death ->
            "%s %,d us after it, of which %,d stood still"
                .formatted(
                    death.whose(),
                    TimeUnit.NANOSECONDS.toMicros(death.from() - run.end()),
                    TimeUnit.NANOSECONDS.toMicros(scene.pulse.stoodStill(run.end(), death.from()))))
        .collect(Collectors.joining(", ", run + ": ", ""));
  }
}
