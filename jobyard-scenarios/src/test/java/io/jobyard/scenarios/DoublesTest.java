package io.jobyard.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.scenarios.Death.Standstill;
import io.jobyard.scenarios.Death.Whose;
import io.jobyard.scenarios.Doubles.Run;
import io.jobyard.scenarios.Line.What;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoublesTest {
  private static final UUID JOB = new UUID(1, 1);
  private static final long MANAGER = 10;

  private final List<Line> ledger = new ArrayList<>();

  @Test
  void aJobThatRanOnceIsNoDouble() {
    run("a", 11, 100, 120);
    assertThat(doubles()).isEqualTo(new Doubles(List.of(), List.of()));
  }

  @Test
  void twoRunsWithoutADeathAreUnexcused() {
    run("a", 11, 100, 120);
    run("b", 12, 200, 220);
    assertThat(doubles().unexcused()).extracting(Run::run).containsExactly("a");
  }

  @Test
  void aRunThatWasGoingOnWhenItsWorkerDiedIsExcused() {
    run("a", 11, 100, Long.MAX_VALUE);
    run("b", 12, 200, 220);
    assertThat(doubles(worker(11, 110)).excused()).extracting(Run::run).containsExactly("a");
    assertThat(doubles(worker(12, 110)).excused()).isEmpty();
    assertThat(doubles(worker(11, 90)).excused()).isEmpty();
  }

  @Test
  void aRunThatEndedMayBeUnsettledForFiftyMilliseconds() {
    run("a", 11, 100, 120);
    run("b", 12, 300, 320);
    assertThat(doubles(worker(11, 169)).excused()).hasSize(1);
    assertThat(doubles(worker(11, 172)).unexcused()).hasSize(1);
  }

  @Test
  void timeInWhichNothingWentOnDoesNotCount() {
    run("a", 11, 100, 120);
    run("b", 12, 300, 320);
    Standstill tenMillis = (from, until) -> from == ms(120) && until == ms(179) ? ms(10) : 0;
    assertThat(doubles(tenMillis, worker(11, 179)).excused()).hasSize(1);
    assertThat(doubles(worker(11, 179)).unexcused()).hasSize(1);
  }

  @Test
  void theDeathOfAManagerExcusesTheRunsOfAllItsWorkers() {
    run("a", 11, 100, 120);
    run("b", 12, 300, 320);
    assertThat(doubles(death(Whose.MANAGER, MANAGER, 110)).excused()).hasSize(1);
    assertThat(doubles(death(Whose.MANAGER, 99, 110)).excused()).isEmpty();
  }

  @Test
  void eachRunButTheLastNeedsItsOwnExcuse() {
    run("a", 11, 100, Long.MAX_VALUE);
    run("b", 12, 200, 220);
    run("c", 13, 300, 320);
    Doubles doubles = doubles(worker(11, 105));
    assertThat(doubles.excused()).extracting(Run::run).containsExactly("a");
    assertThat(doubles.unexcused()).extracting(Run::run).containsExactly("b");
  }

  @Test
  void aLineSurvivesTheWayThroughTheFile(@TempDir Path dir) throws Exception {
    Ledger file = new Ledger(dir.resolve("ledger"));
    run("a", 11, 100, 120);
    for (Line line : ledger) {
      file.add(line);
    }
    assertThat(file.lines()).isEqualTo(ledger);
    assertThat(file.ended()).containsExactly(JOB);
    assertThatThrownBy(() -> Line.parse("torn")).hasMessageContaining("torn");
  }

  private void run(String run, long worker, long startMs, long endMs) {
    ledger.add(new Line(JOB, run, 1, worker, MANAGER, What.START, ms(startMs)));
    if (endMs != Long.MAX_VALUE) {
      ledger.add(new Line(JOB, run, 1, worker, MANAGER, What.END, ms(endMs)));
    }
  }

  private Doubles doubles(Death... deaths) {
    return doubles(Standstill.NONE, deaths);
  }

  private Doubles doubles(Standstill standstill, Death... deaths) {
    return Doubles.of(ledger, List.of(deaths), standstill);
  }

  private static Death worker(long pid, long atMs) {
    return death(Whose.WORKER, pid, atMs);
  }

  private static Death death(Whose whose, long pid, long atMs) {
    return new Death(whose, pid, ms(atMs), ms(atMs + 1));
  }

  private static long ms(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
