package io.jobyard.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.memory.MemoryStore;
import io.jobyard.stats.Load.Count;
import io.jobyard.store.NewJob;
import io.jobyard.store.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BookkeeperTest {
  private static final Duration KEEP = Duration.ofDays(7);
  private Instant now = Instant.parse("2026-05-04T10:00:00Z");
  private final InstantSource clock = () -> now;
  private final MemoryStore store = new MemoryStore(clock, System::nanoTime);
  private final Bookkeeper books = new Bookkeeper(store, clock, "app-1", KEEP);
  private final History history = new History(store, clock);

  private void pass(Duration time) {
    now = now.plus(time);
    books.round();
  }

  private void fail(String message) {
    Failure failure = new Failure(FailureType.EXCEPTION, "a.B", message, "", now, "app-1", 1, null);
    books.tally().desk("mail").failed(UUID.randomUUID(), "Welcome", failure, true);
  }

  private int samples() {
    Instant from = Instant.EPOCH;
    Instant until = Instant.parse("2030-01-01T00:00:00Z");
    return List.of(Step.values()).stream()
        .mapToInt(step ->
            store.samples(Family.LOAD, null, step, from, until).size()
                + store.samples(Family.CAUSE, null, step, from, until).size())
        .sum();
  }

  @Test
  void whatIsCountedIsFoundByQueueAndForAll() {
    books.tally().desk("mail").count(Count.SUCCEEDED);
    books.tally().desk("mail").ran(Duration.ofMillis(20), Duration.ofMillis(100));
    books.tally().desk("report").count(Count.FAILED);
    pass(Duration.ofSeconds(6));
    books.tally().desk("mail").count(Count.SUCCEEDED);
    pass(Duration.ofSeconds(6));
    pass(Duration.ofMinutes(1));
    books.tally().desk("mail").count(Count.SUCCEEDED);
    pass(Duration.ofSeconds(6));

    assertThat(history.load("mail", Span.HOUR).stream().mapToLong(p -> p.get(Count.SUCCEEDED)))
        .hasSize(60)
        .endsWith(2L, 1L);
    assertThat(history.load("", Span.DAY).getLast().get(Count.SUCCEEDED)).isEqualTo(3);
    assertThat(history.load("", Span.WEEK).getLast().get(Count.FAILED)).isEqualTo(1);
    Load recent = history.recent().get("mail");
    assertThat(recent.waited().percentile(50).toMillis()).isBetween(18L, 22L);
    assertThat(recent.ran().percentile(99).toMillis()).isBetween(93L, 107L);
  }

  @Test
  void whereNothingHappensNothingIsWritten() {
    pass(Duration.ofSeconds(6));
    pass(Duration.ofMinutes(10));
    assertThat(samples()).isZero();
  }

  @Test
  void anotherRunOfTheSameNodeAddsToTheFirst() {
    books.tally().desk("mail").count(Count.SUCCEEDED);
    books.close();
    Bookkeeper second = new Bookkeeper(store, clock, "app-1", KEEP);
    second.tally().desk("mail").count(Count.SUCCEEDED);
    second.close();
    assertThat(history.load("mail", Span.HOUR).getLast().get(Count.SUCCEEDED)).isEqualTo(2);
  }

  @Test
  void howLongTheQueuesAreIsSeenOnceAMinuteByOneOfTheNodes() {
    push(3);
    books.round();
    Bookkeeper other = new Bookkeeper(store, clock, "app-2", KEEP);
    push(2);
    other.round();
    assertThat(history.backlog("mail", Span.HOUR).getLast().ready()).isEqualTo(3);
    pass(Duration.ofSeconds(70));
    other.round();
    assertThat(history.backlog("mail", Span.HOUR).getLast().ready()).isEqualTo(5);
    assertThat(history.backlog("", Span.HOUR).getLast().ever()).isEqualTo(5);
    assertThat(history.backlog("", Span.HOUR).getLast().oldestMs()).isEqualTo(70_000);
  }

  @Test
  void causesAreGroupedWithTheirTrendAndSomeIds() {
    fail("user 1 is gone");
    fail("user 2 is gone");
    fail("no route");
    pass(Duration.ofSeconds(6));
    pass(Duration.ofHours(2));
    for (int i = 0; i < 7; i++) {
      fail("user " + i + " is gone");
    }
    pass(Duration.ofSeconds(6));

    List<Trouble> day = history.troubles(Span.DAY);
    assertThat(day).hasSize(2);
    Trouble most = day.getFirst();
    assertThat(most.count().runs()).isEqualTo(9);
    assertThat(most.count().jobs()).isEqualTo(9);
    assertThat(most.count().cause().message()).isEqualTo("user # is gone");
    assertThat(most.count().kind()).isEqualTo("Welcome");
    assertThat(most.count().ids()).hasSize(5);
    assertThat(most.trend()).hasSize(24).endsWith(2L, 0L, 7L);
    assertThat(Duration.between(most.count().first(), most.count().last()))
        .isBetween(Duration.ofHours(2), Duration.ofHours(3));
    assertThat(history.troubles(Span.WEEK).getFirst().trend()).hasSize(7).endsWith(9L);
  }

  @Test
  void messagesThatNeverRepeatDoNotFillTheStore() {
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 300; i++) {
        fail("a" + letters(round * 300 + i));
      }
      pass(Duration.ofSeconds(6));
    }
    assertThat(samples()).isLessThan(1_000);
    assertThat(history.troubles(Span.DAY).stream().mapToLong(t -> t.count().runs()).sum())
        .as("each is counted, be it among the others")
        .isEqualTo(15_000);
  }

  private static String letters(int number) {
    return Integer.toString(number, 26)
        .chars()
        .mapToObj(c -> Character.toString(Character.isDigit(c) ? c - '0' + 'z' - 9 : c))
        .reduce("", String::concat);
  }

  private void push(int count) {
    for (int i = 0; i < count; i++) {
      List<UUID> unused =
          store.push(List.of(NewJob.of(UUID.randomUUID(), "mail", "k", new byte[] {'1'})));
    }
  }
}
