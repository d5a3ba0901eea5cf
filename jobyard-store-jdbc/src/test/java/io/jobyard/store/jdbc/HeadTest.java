package io.jobyard.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.jdbc.Head.Begin;
import io.jobyard.store.jdbc.Head.Place;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where leases begin. By a clock of the test. */
final class HeadTest {
  private static final int MANY = 1_000;

  private final Head head = new Head();
  private long nanos = 1;

  /** Enough was leased, so that remembering is worth it. */
  @BeforeEach
  void leaseMany() {
    head.passed(begin(), new Place(0, MANY), MANY, 50);
    nanos += Duration.ofSeconds(1).toNanos();
    assertThat(begin().start()).as("in time from the start again").isTrue();
    head.passed(begin(), new Place(0, 2 * MANY), MANY, 100);
  }

  private Begin begin() {
    return head.begin(nanos);
  }

  @Test
  void leasesBeginWhereTheLastOneCame() {
    assertThat(begin()).isEqualTo(new Begin(new Place(0, 2 * MANY), 100));
    head.passed(begin(), new Place(5, 7), 10, 110);
    assertThat(begin()).isEqualTo(new Begin(new Place(5, 7), 110));
  }

  @Test
  void withinASecondTheyBeginAtTheStartOnce() {
    nanos += Head.FROM_START.toNanos() - 1;
    assertThat(begin().start()).isFalse();
    nanos += 1;
    assertThat(begin().start()).isTrue();
    assertThat(Head.FROM_START).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void whoBeganBehindIsToldWhenTheStartIsLookedAtAgain() {
    nanos += 100;
    assertThat(head.untilStart(begin(), nanos)).isEqualTo(Head.FROM_START.minusNanos(100));
    Begin late = begin();
    nanos += Head.FROM_START.toNanos();
    assertThat(head.untilStart(late, nanos)).isZero();
    assertThat(head.untilStart(begin(), nanos)).as("that was at the start").isNull();
  }

  @Test
  void whatIsDueIsLookedForFromTheStartToo() {
    head.pushed(-1);
    assertThat(begin().start()).isTrue();
    assertThat(head.untilStart(begin(), nanos)).as("only of the line").isNotNull();
  }

  @Test
  void onlyAPushOfAHigherPriorityCallsBack() {
    head.pushed(0);
    head.pushed(1);
    assertThat(begin().start()).isFalse();
    head.pushed(-1);
    assertThat(begin().start()).isTrue();
  }

  @Test
  void whatWasCalledBackMeanwhileStaysAtTheStart() {
    Begin before = begin();
    head.callBack();
    head.passed(before, new Place(0, 3 * MANY), 10, 120);
    assertThat(begin().start()).isTrue();
  }

  @Test
  void aSlowerLeaseTakesNothingBack() {
    Begin slow = begin();
    head.passed(begin(), new Place(0, 3 * MANY), 10, 120);
    head.passed(slow, new Place(0, 2 * MANY + 1), 1, 90);
    assertThat(begin()).isEqualTo(new Begin(new Place(0, 3 * MANY), 120));
  }

  @Test
  void nothingIsRememberedWhereFewAreLeased() {
    nanos += Duration.ofMinutes(2).toNanos();
    assertThat(begin().start()).isTrue();
    head.passed(begin(), new Place(0, 3 * MANY), 10, 120);
    assertThat(begin().start()).isTrue();
  }
}
