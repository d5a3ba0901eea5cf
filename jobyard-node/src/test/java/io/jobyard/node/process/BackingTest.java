package io.jobyard.node.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BackingTest {
  @ParameterizedTest
  @CsvSource({"0,0", "1,1000", "2,2000", "3,4000", "5,16000", "6,30000", "1000,30000"})
  void doublesUpToHalfAMinute(int failures, long millis) {
    // The middle of all chances is no jitter.
    assertThat(new Backing(() -> Long.MIN_VALUE).delay(failures))
        .isEqualTo(Duration.ofMillis(millis));
  }
}
