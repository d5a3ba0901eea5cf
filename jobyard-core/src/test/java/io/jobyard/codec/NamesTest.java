package io.jobyard.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.PushRefused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"mail", "com.acme.Outer$Inner", "Mailer@welcome", "größe-1_a/b:c"})
  void letsUsualNamesPass(String name) {
    assertThat(Names.flaw(name)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a\nb", "a\u0000", "a'b", "a\u202eb", "<script>"})
  void refusesWhatALogOrAPageWouldChokeOn(String name) {
    assertThat(Names.flaw(name)).startsWith("must consist of letters").doesNotContain("\n");
  }

  @Test
  void namesTheLimit() {
    assertThat(Names.flaw("")).isEqualTo("must not be empty");
    assertThat(Names.flaw("x".repeat(128))).isNull();
    assertThat(Names.flaw("x".repeat(129))).startsWith("must have at most 128 characters, got 129");
    assertThatThrownBy(() -> Names.check("queue", ""))
        .isInstanceOf(PushRefused.class)
        .hasMessage("the queue must not be empty");
  }
}
