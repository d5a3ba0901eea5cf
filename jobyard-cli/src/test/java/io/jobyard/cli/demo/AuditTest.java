package io.jobyard.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.cli.demo.KindResult.Reason;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AuditTest {
  private static final UUID FIRST = new UUID(0, 1);
  private static final UUID SECOND = new UUID(0, 2);
  private static final UUID THIRD = new UUID(0, 3);
  private static final Ends ENDS =
      new Ends(Set.of(FIRST, SECOND), Map.of(THIRD, new Reason("exception", "refused")), Set.of());

  @Test
  void everyJobThatSucceededSentAMessage() {
    assertThat(Audit.arrived(ENDS, Map.of(FIRST.toString(), 1, SECOND.toString(), 2)).agrees())
        .as("a repeated message is no missing one")
        .isTrue();

    Check missing = Audit.arrived(ENDS, Map.of(FIRST.toString(), 2));
    assertThat(missing.agrees()).isFalse();
    assertThat(missing.found()).isEqualTo("succeeded 2, arrived 1, both 1");
  }

  @Test
  void aMessageOfAJobThatFailedIsNoticedEvenIfTheNumbersAreTheSame() {
    Check other = Audit.arrived(ENDS, Map.of(FIRST.toString(), 1, THIRD.toString(), 1));

    assertThat(other.agrees()).isFalse();
    assertThat(other.found()).isEqualTo("succeeded 2, arrived 2, both 1");
  }

  @Test
  void wordsMustBeTheSameOneByOne() {
    assertThat(Audit.words(Map.of("to", 2L), Map.of("to", 2L)).agrees()).isTrue();
    assertThat(Audit.words(Map.of("to", 1L, "be", 1L), Map.of("to", 2L)).agrees()).isFalse();
  }
}
