package io.jobyard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "30s, PT30S",
    "1m30s, PT1M30S",
    "2h, PT2H",
    "1d12h, PT36H",
    "1m500ms, PT1M0.5S",
    "0, PT0S",
    "0s, PT0S",
    "' 5s ', PT5S"
  })
  void readsWholeNumbersWithUnits(String text, Duration expected) {
    assertThat(Durations.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "5", "0.5s", "-1s", "s", "5 s", "1s1m", "1x", "99999999999s", "PT5S"})
  void refusesTheRestAndQuotesIt(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + text + "' is not a duration; write it like 500ms, 30s, 1m30s or 2h");
  }

  @Test
  void refusesWhatNanosecondsCannotCount() {
    assertThatThrownBy(() -> Durations.parse("999999999d")).hasMessageContaining("at most 36500d");
  }
}
