package io.jobyard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffsTest {
  @Test
  void readsOneWaitAListAndDoubling() {
    assertThat(Backoffs.parse("3s")).isEqualTo(Backoff.fixed(Duration.ofSeconds(3)));
    assertThat(Backoffs.parse("1s, 5s,30s"))
        .isEqualTo(
            Backoff.steps(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30)));
    assertThat(Backoffs.parse("from: 3s, to: 10m"))
        .isEqualTo(Backoff.doubling(Duration.ofSeconds(3), Duration.ofMinutes(10)));
  }

  @Test
  void refusesTheRest() {
    assertThatThrownBy(() -> Backoffs.parse("1s,,2s")).hasMessageContaining("'' is not a duration");
    assertThatThrownBy(() -> Backoffs.parse("to: 3s")).hasMessageContaining("not a backoff");
    assertThatThrownBy(() -> Backoffs.parse("from: 3s, to: 1s")).hasMessageContaining("from <= to");
    assertThatThrownBy(() -> Backoffs.parse("soon")).hasMessageContaining("'soon'");
  }
}
