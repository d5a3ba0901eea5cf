package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.FailureType;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class FailuresTest {
  private final Failures failures = new Failures("app-1", 7, InstantSource.system());

  @Test
  void ofALongStackTheBeginningIsKept() {
    assertThat(failures.thrown(new IllegalStateException("x".repeat(40_000))).stack())
        .startsWith("java.lang.IllegalStateException: xxx")
        .endsWith("more characters)")
        .hasSizeLessThan(17_000);
  }

  @Test
  void ofWhatADeadProcessPrintedTheEndIsKept() {
    String printed = "first" + ".".repeat(40_000) + "the cause";
    assertThat(failures.died(new Blame(FailureType.CRASH, "it died", printed, 42)).stack())
        .startsWith("(23630 characters before) ….")
        .endsWith("the cause")
        .hasSizeLessThan(17_000);
  }
}
