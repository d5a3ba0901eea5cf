package io.jobyard.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class DeafnessTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
  private final Deafness deafness = new Deafness(now::get);

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void somebodyMayBeDeafUntilThereWasTimeToSaySo() {
    assertThat(deafness.possible()).isTrue();
    pass(Deafness.BELIEVED.minusNanos(1));
    assertThat(deafness.possible()).isTrue();
    pass(Duration.ofNanos(1));
    assertThat(deafness.possible()).isFalse();
  }

  @Test
  void whoSaysSoIsBelievedForLongerThanUntilTheNextTime() {
    pass(Duration.ofHours(1));
    deafness.said();
    pass(Deafness.SAID_EVERY.multipliedBy(2));
    assertThat(deafness.possible()).isTrue();
    pass(Duration.ofHours(1));
    assertThat(deafness.possible()).isFalse();
  }
}
