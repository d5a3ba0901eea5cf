package io.jobyard.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Runs every part, with so few jobs that the figures say nothing, to see that it can be run. */
class BenchTest {
  private static final Pauses SHORT =
      new Pauses(Duration.ZERO, Duration.ZERO, Duration.ofMillis(100));

  @Test
  void measuresEveryPartAndSaysSo() throws Exception {
    List<String> begun = new ArrayList<>();
    BenchOptions options =
        new BenchOptions(
            null, 500, 1, EnumSet.complementOf(EnumSet.of(Part.START)), Arrangement.DISTRIBUTE, 2);
    BenchReport report = new Bench(options, begun::add, SHORT).run();
    ObjectNode json = report.json();
    assertThat(json.get("store").asString()).isEqualTo("sqlite");
    assertThat(json.get("jobs").asInt()).isEqualTo(500);
    EnumSet<Figure> starts = EnumSet.of(Figure.FIRST_JOB_CACHED, Figure.FIRST_JOB_PLAIN);
    for (Figure figure : EnumSet.complementOf(starts)) {
      assertThat(json.path(figure.json).isNumber()).as(figure.json).isTrue();
    }
    assertThat(json.get("drain_per_s").asDouble()).isPositive();
    assertThat(json.get("start_p99_ms").asDouble()).isLessThan(60_000);
    assertThat(String.join("\n", report.lines()))
        .contains("no-op jobs through worker processes", "500 jobs a round");
    assertThat(begun).contains("latency", "memory", "history: round 1");
  }

  @Test
  void saysWhyItCannotMeasureACacheOfClassesHere() {
    BenchOptions options =
        new BenchOptions(null, 500, 1, EnumSet.of(Part.START), Arrangement.DISTRIBUTE, 1);
    assertThatThrownBy(() -> new Bench(options, part -> {}, SHORT).run())
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("where all of them are in jars");
  }

  @Test
  void refusesWhatTellsNothing() {
    assertThatThrownBy(() -> new BenchOptions(null, 10, 1, Set.of(), Arrangement.GRAB, 1))
        .isInstanceOf(JobyardException.class)
        .hasMessage("--jobs must be at least 100, got 10; 100000 tells most");
    assertThatThrownBy(() -> new BenchOptions(null, 100, 0, Set.of(), Arrangement.GRAB, 1))
        .isInstanceOf(JobyardException.class)
        .hasMessage("--rounds must be at least 1, got 0");
    assertThatThrownBy(() -> new BenchOptions(null, 100, 1, Set.of(), Arrangement.GRAB, 0))
        .isInstanceOf(JobyardException.class)
        .hasMessage("--threads must be at least 1, got 0");
  }
}
