package io.jobyard.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpreadTest {
  @ParameterizedTest
  @ValueSource(longs = {9, 15, 16, 17, 999, 1_000, 123_456, 86_400_000_000L, 3_000_000_000_000L})
  void tellsASpanWithinSevenPercent(long micros) {
    Spread spread = new Spread();
    spread.add(Duration.ofNanos(micros * 1_000));
    assertThat(spread.percentile(50).toNanos() / 1_000.0)
        .isCloseTo(micros, Percentage.withPercentage(7));
  }

  @Test
  void tellsPercentilesOfMany() {
    Spread spread = new Spread();
    for (int i = 1; i <= 10_000; i++) {
      spread.add(Duration.ofMillis(i));
    }
    assertThat(spread.percentile(50).toMillis()).isCloseTo(5_000, Percentage.withPercentage(7));
    assertThat(spread.percentile(99).toMillis()).isCloseTo(9_900, Percentage.withPercentage(7));
    assertThat(spread.count()).isEqualTo(10_000);
  }

  @Test
  void whatWasWrittenAddsUpAsIfItHadBeenCountedTogether() {
    SplittableRandom random = new SplittableRandom(7);
    Spread whole = new Spread();
    Spread sum = new Spread();
    for (int part = 0; part < 5; part++) {
      Spread one = new Spread();
      for (int i = 0; i < 100; i++) {
        Duration span = Duration.ofNanos(random.nextLong(1L << random.nextInt(10, 60)));
        one.add(span);
        whole.add(span);
      }
      Packed.Out out = new Packed.Out();
      one.write(out);
      sum.read(new Packed.In(out.bytes()));
    }
    assertThat(sum.count()).isEqualTo(500);
    for (int percent = 0; percent <= 100; percent++) {
      assertThat(sum.percentile(percent)).isEqualTo(whole.percentile(percent));
    }
  }

  @Test
  void saysNothingOfNothing() {
    assertThat(new Spread().percentile(99)).isEqualTo(Duration.ZERO);
  }
}
