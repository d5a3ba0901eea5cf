package io.jobyard.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CauseTest {
  private static final String STACK =
      """
      java.lang.NumberFormatException: For input string: "12x"
      \tat java.base/java.lang.Integer.parseInt(Integer.java:652)
      \tat app//com.acme.Import.lambda$read$3(Import.java:42)
      \tat com.acme.Import.run(Import.java:17)
      Caused by: java.io.IOException: no
      \tat com.acme.Deeper.down(Deeper.java:1)
      """;

  private static Cause cause(String message, String stack) {
    return Cause.of(
        new Failure(FailureType.EXCEPTION, "a.B", message, stack, Instant.EPOCH, "app-1", 7, null));
  }

  @Test
  void namesTheInnermostMethodThatIsNotTheJdks() {
    assertThat(cause("x", STACK).frame()).isEqualTo("com.acme.Import.lambda$read$#");
    assertThat(cause("x", "\tat java.base/java.util.Map.of(Map.java:1)").frame())
        .isEqualTo("java.util.Map.of");
    assertThat(cause("x", "").frame()).isEmpty();
  }

  @Test
  void takesOutOfTheMessageWhatDiffersFromJobToJob() {
    assertThat(cause("user 42 has no address", "").message()).isEqualTo("user # has no address");
    assertThat(cause("no file '/tmp/a.png' for \"x y\"", "").message())
        .isEqualTo("no file '…' for '…'");
    assertThat(cause("order 0198f3c2-77aa-7bbb-8ccc-0123456789ab is gone", "").message())
        .isEqualTo("order # is gone");
    assertThat(cause("hash 9f86d081884c7d65 at 12:30:01.5", "").message()).isEqualTo("hash # at #");
    assertThat(cause("the facade added a decade", "").message())
        .as("words that look like hexadecimal digits")
        .isEqualTo("the facade added a decade");
    assertThat(cause("first\nsecond", "").message()).isEqualTo("first");
  }

  @Test
  void theSameCauseHasTheSameId() {
    assertThat(cause("user 1", STACK).id())
        .isEqualTo(cause("user 22", STACK.replace("42", "43")).id())
        .hasSize(16)
        .isNotEqualTo(cause("client 1", STACK).id())
        .isNotEqualTo(cause("user 1", "").id());
  }

  @Test
  void longTextsAreCut() {
    assertThat(cause("x".repeat(100_000), "").message()).hasSize(200).endsWith("…");
  }
}
