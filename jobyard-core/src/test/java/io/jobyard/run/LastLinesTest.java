package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LastLinesTest {
  private final LastLines lines = new LastLines();

  @Test
  void aReaderFollowsByNumber() {
    lines.add("a");
    lines.add("b");
    assertThat(lines.from(0)).containsExactly("a", "b");
    assertThat(lines.from(1)).containsExactly("b");
    assertThat(lines.from(lines.next())).isEmpty();
  }

  @Test
  void theOldestGoFirst() {
    for (int i = 0; i < 5_000; i++) {
      lines.add("line " + i);
    }
    assertThat(lines.from(0)).hasSize(1_000).startsWith("line 4000").endsWith("line 4999");
    assertThat(lines.from(4_998)).containsExactly("line 4998", "line 4999");
    assertThat(lines.next()).isEqualTo(5_000);
  }

  @Test
  void longOnesAreFewer() {
    for (int i = 0; i < 1_000; i++) {
      lines.add("x".repeat(10_000));
    }
    assertThat(lines.from(0)).hasSize(26);
    assertThat(lines.chars()).isEqualTo(260_000);

    lines.add("y".repeat(1_000_000));
    assertThat(lines.from(0)).hasSize(1);
  }
}
