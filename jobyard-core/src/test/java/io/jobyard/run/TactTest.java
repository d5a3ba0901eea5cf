package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TactTest {
  private static final Duration PERIOD = Duration.ofNanos(100);

  @Test
  void theNextMomentIsAheadAndAtMostAPeriodAway() {
    assertThat(Tact.untilNext(PERIOD, 30, 30)).isEqualTo(100);
    assertThat(Tact.untilNext(PERIOD, 31, 30)).isEqualTo(99);
    assertThat(Tact.untilNext(PERIOD, 129, 30)).isEqualTo(1);
    assertThat(Tact.untilNext(PERIOD, 130, 30)).isEqualTo(100);
  }

  @Test
  void aClockThatIsBelowZeroOrGoesOverItsEndChangesNothing() {
    assertThat(Tact.untilNext(PERIOD, -5, 30)).isEqualTo(35);
    assertThat(Tact.untilNext(PERIOD, Long.MIN_VALUE, 30)).isBetween(1L, 100L);
  }

  @Test
  void whoLooksAsOftenLooksAtTheSameMoments() {
    long now = System.nanoTime();
    Duration second = Duration.ofSeconds(1);
    long first = now + Tact.untilNext(second, now);
    long later = now + 123_456_789;
    assertThat(later + Tact.untilNext(second, later)).isIn(first, first + second.toNanos());
    Duration half = Duration.ofMillis(500);
    assertThat(first + Tact.untilNext(half, first)).isEqualTo(first + half.toNanos());
  }
}
