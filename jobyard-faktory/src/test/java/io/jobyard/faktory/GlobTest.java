package io.jobyard.faktory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          *        | anything | true
          a*c      | abbbc    | true
          a*c      | abbb     | false
          *b*b*    | xbyb     | true
          h?llo    | hello    | true
          h?llo    | hllo     | false
          h[ae]llo | hallo    | true
          h[^e]llo | hello    | false
          h[^e]llo | hallo    | true
          h[a-c]x  | hbx      | true
          h[c-a]x  | hbx      | true
          h[a-c]x  | hdx      | false
          a\\*b    | a*b      | true
          a\\*b    | axb      | false
          [\\]]    | ]        | true
          ab[      | ab[      | false
          ab\\     | ab\\     | true
          abc      | abcd     | false
          """)
  void matchesAsRedisDoes(String pattern, String text, boolean matches) throws Refused {
    assertThat(Glob.of(pattern).matches(text)).isEqualTo(matches);
  }

  @Test
  void takesNoTimeForAPatternMadeToTakeIt() throws Refused {
    String pattern = "*a".repeat(127) + "b";
    long begin = System.nanoTime();
    assertThat(Glob.of(pattern).matches("a".repeat(100_000))).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    assertThatThrownBy(() -> Glob.of("*".repeat(257))).hasMessageContaining("the limit is 256");
  }
}
