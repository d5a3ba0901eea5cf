package io.jobyard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SizesTest {
  @Test
  void readsWhatItWrites() {
    assertThat(Sizes.parse("64m")).isEqualTo(64L << 20);
    assertThat(Sizes.parse("1G")).isEqualTo(1L << 30);
    assertThat(Sizes.format(64L << 20)).isEqualTo("64m");
    assertThat(Sizes.format(1536L << 10)).isEqualTo("1536k");
    assertThat(Sizes.format(1)).isEqualTo("1 bytes");
  }

  @Test
  void refusesWhatIsNoSize() {
    assertThatThrownBy(() -> Sizes.parse("128"))
        .hasMessage("must be a size such as 64m or 1g, got '128'");
  }
}
