package io.jobyard.node.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.config.Mode;
import io.jobyard.config.Staffing;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TermTest {
  private final Random chance = new Random(7);

  private Term term(int jobs, Duration age, Place place) {
    return Term.of(new Staffing(Mode.DISTRIBUTE, null, null, jobs, age, 0, null), place, chance);
  }

  @Test
  void workersThatBeganTogetherAreNotReplacedTogether() {
    Set<Term> terms =
        Stream.generate(() -> term(1_000, Duration.ofHours(1), Place.slot(0)))
            .limit(100)
            .collect(Collectors.toSet());
    assertThat(terms).hasSizeGreaterThan(90);
    assertThat(terms)
        .allSatisfy(term -> {
          assertThat(term.jobs()).isBetween(900, 1_000);
          assertThat(term.age()).isBetween(Duration.ofMinutes(54), Duration.ofHours(1));
        });
  }

  @Test
  void aFreshProcessForEveryJobIsJustThat() {
    for (int i = 0; i < 100; i++) {
      assertThat(term(1, Duration.ZERO, Place.slot(0))).isEqualTo(new Term(1, Duration.ZERO));
    }
  }

  @Test
  void noLimitIsNone() {
    Term none = new Term(Integer.MAX_VALUE, Duration.ZERO);
    assertThat(term(0, Duration.ZERO, Place.slot(0))).isEqualTo(none);
    assertThat(term(5, Duration.ofHours(1), Place.cell())).isEqualTo(none);
  }
}
