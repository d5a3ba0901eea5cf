package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.store.JobStore;
import io.jobyard.store.Sample;
import io.jobyard.store.Step;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Small numbers are kept by their names, found by span, and forgotten when their time is over. */
public interface StatsContract extends StoreFixture {
  /** Longer than any test. */
  Duration LONG = Duration.ofDays(1);

  private Instant now() {
    Actor node = Actor.on(open());
    return node.view(node.pushAndLease().key()).pushedAt();
  }

  private static Sample sample(String series, Instant bucket, String writer, String data) {
    byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
    return new Sample("load", series, Step.MINUTE, bucket, writer, bytes);
  }

  private static List<String> told(List<Sample> samples) {
    return samples.stream()
        .map(
            s -> s.series() + "/" + s.writer() + "=" + new String(s.data(), StandardCharsets.UTF_8))
        .toList();
  }

  private static Instant minute(Instant now, int ago) {
    return Step.MINUTE.bucket(now).minus(Duration.ofMinutes(ago));
  }

  @Test
  default void aSampleIsReplacedByOneOfTheSameName() {
    JobStore store = open();
    Instant at = minute(now(), 0);
    store.put(List.of(sample("mail", at, "a", "1"), sample("mail", at, "b", "2")), LONG);
    store.put(List.of(sample("mail", at, "a", "3")), LONG);
    store.put(List.of(sample("mail", at, "b", "4"), sample("mail", at, "b", "5")), LONG);
    List<Sample> found = open().samples("load", "mail", Step.MINUTE, at, at.plusSeconds(60));
    assertThat(told(found)).containsExactlyInAnyOrder("mail/a=3", "mail/b=5");
    assertThat(found).allMatch(s -> s.bucket().equals(at) && s.step() == Step.MINUTE);
  }

  @Test
  default void samplesComeByBucketAndWithinTheSpanOnly() {
    JobStore store = open();
    Instant now = now();
    List<Sample> all = new ArrayList<>();
    for (int ago = 0; ago < 6; ago++) {
      all.add(sample("mail", minute(now, ago), "a", Integer.toString(ago)));
    }
    store.put(all, LONG);
    assertThat(told(store.samples("load", "mail", Step.MINUTE, minute(now, 4), minute(now, 1))))
        .containsExactly("mail/a=4", "mail/a=3", "mail/a=2");
  }

  @Test
  default void familiesSeriesAndStepsAreKeptApart() {
    JobStore store = open();
    Instant hour = Step.HOUR.bucket(now());
    byte[] data = {0, -1, 7};
    store.put(
        List.of(
            new Sample("load", "", Step.HOUR, hour, "", data),
            new Sample("load", "mail", Step.HOUR, hour, "", data),
            new Sample("load", "Mail", Step.HOUR, hour, "", data),
            new Sample("load", "mail ", Step.HOUR, hour, "", data),
            new Sample("load", "mail", Step.MINUTE, hour, "", data),
            new Sample("line", "mail", Step.HOUR, hour, "", data)),
        LONG);
    Instant end = hour.plusSeconds(1);
    assertThat(store.samples("load", null, Step.HOUR, hour, end))
        .extracting(Sample::series)
        .containsExactlyInAnyOrder("", "mail", "Mail", "mail ");
    assertThat(store.samples("load", "mail", Step.HOUR, hour, end))
        .singleElement()
        .satisfies(one -> assertThat(one.data()).isEqualTo(data));
    assertThat(store.samples("load", "", Step.HOUR, hour, end)).hasSize(1);
    assertThat(store.samples("line", null, Step.HOUR, hour, end)).hasSize(1);
    assertThat(store.samples("cause", null, Step.HOUR, hour, end)).isEmpty();
  }

  @Test
  default void theLongestNamesAndDataAreKept() {
    JobStore store = open();
    Instant day = Step.DAY.bucket(now());
    byte[] data = new byte[Sample.MAX_DATA];
    data[1] = 9;
    String name = "é".repeat(255);
    store.put(List.of(new Sample("f".repeat(16), name, Step.DAY, day, name, data)), LONG);
    assertThat(store.samples("f".repeat(16), name, Step.DAY, day, day.plusSeconds(1)))
        .singleElement()
        .satisfies(one -> {
          assertThat(one.series()).isEqualTo(name);
          assertThat(one.writer()).isEqualTo(name);
          assertThat(one.data()).isEqualTo(data);
        });
  }

  @Test
  default void samplesAreForgottenWhenTheirTimeIsOver() {
    JobStore store = open();
    Instant now = now();
    Instant old = minute(now, 20);
    Duration untilNow = Duration.between(old.plus(Step.MINUTE.length()), now);
    store.put(List.of(sample("kept", old, "a", "1")), LONG);
    for (int i = 0; i < 5; i++) {
      store.put(List.of(sample("gone" + i, old, "a", "1")), untilNow.plus(units(20)));
    }
    assertThat(store.samples("load", null, Step.MINUTE, old, now)).hasSize(6);
    passUnits(21);
    int first = store.purgeSamples(3);
    assertThat(first).isLessThanOrEqualTo(3);
    while (store.purgeSamples(3) > 0) {
      assertThat(store.purgeSamples(3)).isLessThanOrEqualTo(3);
    }
    assertThat(told(store.samples("load", null, Step.MINUTE, old, now)))
        .containsExactly("kept/a=1");
  }

  @Test
  default void nothingToPutIsNothing() {
    JobStore store = open();
    store.put(List.of(), LONG);
    assertThat(store.purgeSamples(10)).isZero();
  }
}
