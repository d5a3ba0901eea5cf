package io.jobyard.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class BenchReportTest {
  private final Figures figures = new Figures();
  private final BenchReport report =
      new BenchReport(
          new BenchOptions(
              "postgresql://u:secret@host/db", 1_000, 3, Set.of(Part.DRAIN), Arrangement.GRAB, 1),
          new Machine(LocalDate.of(2030, 1, 2), "Linux", "VM", 2, 0.5),
          figures);

  @Test
  void givesMediansWithTheirRangesAndNullForWhatWasNotMeasured() {
    for (double rate : new double[] {30_000, 10_000.04, 20_000}) {
      figures.add(Figure.DRAIN, rate);
    }
    ObjectNode json = report.json();
    assertThat(json.get("drain_per_s").asDouble()).isEqualTo(20_000);
    assertThat(json.get("ranges").get("drain_per_s")).hasToString("[10000.0,30000.0]");
    assertThat(json.get("push_one_per_s").isNull()).isTrue();
    assertThat(json.has("idle_cpu_percent")).isFalse();
  }

  @Test
  void hidesTheStoresPassword() {
    assertThat(report.json().get("store").asString()).isEqualTo("postgresql://host/db");
  }

  @Test
  void tellsARangeOnlyOfSeveralRounds() {
    figures.add(Figure.START_P50, 1.234);
    assertThat(report.lines()).contains("push returned to job started, p50            1.23 ms");
    figures.add(Figure.START_P50, 2);
    assertThat(report.lines())
        .contains("push returned to job started, p50            1.62 ms  (1.23 to 2.00)");
  }
}
