package io.jobyard.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobyard.PushRefused;
import io.jobyard.StoreUnavailable;
import io.jobyard.memory.MemoryStore;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PushBufferTest {
  private final MemoryStore store = new MemoryStore();
  private final AwayStore way = new AwayStore(new StorePort(store));
  private final PushBuffer buffer = new PushBuffer(way, 5, Duration.ofMillis(300));

  @AfterEach
  void close() {
    way.away = false;
    buffer.close();
    store.close();
  }

  @Test
  void aStoreThatIsThereGetsEveryPushAtOnce() {
    UUID id = push("a");
    assertThat(stored()).containsExactly("a");
    assertThat(buffer.stored(id)).isNull();
  }

  @Test
  void keepsPushesInOrderUntilTheStoreIsBack() {
    way.away = true;
    List<UUID> ids = List.of(push("a"), push("b"), push("c"));
    CompletableFuture<UUID> first = buffer.stored(ids.getFirst());
    assertThat(first).isNotDone();
    assertThat(stored()).isEmpty();

    way.away = false;

    await().until(() -> stored().size() == 3);
    assertThat(stored()).containsExactly("a", "b", "c");
    assertThat(first).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(ids.getFirst());
    await().until(() -> buffer.stored(push("d")) == null);
  }

  @Test
  void aPushWhoseAnswerWasLostIsStoredOnce() {
    way.answerLost = true;
    push("a");
    assertThat(stored()).containsExactly("a");
    way.answerLost = false;
    way.away = false;
    push("b");
    await().until(() -> stored().contains("b"));
    assertThat(stored()).containsExactly("a", "b");
  }

  @Test
  void aJobThatTheStoreRefusesTakesNoOtherAlong() {
    way.away = true;
    UUID good = push("a");
    UUID bad = push("bad");
    push("b");
    CompletableFuture<UUID> kept = buffer.stored(good);
    CompletableFuture<UUID> refused = buffer.stored(bad);
    way.refused = "bad";
    way.away = false;

    await().until(() -> stored().size() == 2);
    assertThat(stored()).containsExactly("a", "b");
    assertThat(kept).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(good);
    assertThat(refused)
        .failsWithin(Duration.ofSeconds(5))
        .withThrowableThat()
        .withCauseInstanceOf(PushRefused.class);
    await().until(() -> buffer.stored(push("c")) == null);
  }

  @Test
  void nothingIsLostToAStoreThatIsBackAndDoesNotLetUsIn() {
    way.away = true;
    push("a");
    push("b");
    way.locked = true;
    way.away = false;
    int tries = way.tries.get();
    await().until(() -> way.tries.get() > tries + 2);

    way.locked = false;

    await().until(() -> stored().size() == 2);
    assertThat(stored()).containsExactly("a", "b");
  }

  @Test
  void refusesWhatDoesNotFit() {
    way.away = true;
    for (int i = 0; i < 5; i++) {
      push("a");
    }
    assertThatThrownBy(() -> push("b"))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("push-buffer holds 5 of at most 5 jobs: 1 more were not kept");
    assertThatThrownBy(() -> push(" ")).isInstanceOf(PushRefused.class);
  }

  @Test
  void closingStoresWhatItCanAndCountsTheRest() {
    way.away = true;
    CompletableFuture<UUID> lost = buffer.stored(push("a"));
    push("b");
    assertThatThrownBy(buffer::close)
        .isInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("2 jobs of the push buffer are lost")
        .hasMessageContaining("within 300 ms");
    assertThat(lost).isCompletedExceptionally();
    assertThat(stored()).isEmpty();
  }

  @Test
  void closingWaitsForAStoreThatComesBack() {
    PushBuffer patient = new PushBuffer(way, 5, Duration.ofSeconds(20));
    way.away = true;
    patient.push(List.of(job("a")));
    int tries = way.tries.get();
    await().until(() -> way.tries.get() > tries);
    way.away = false;
    patient.close();
    assertThat(stored()).containsExactly("a");
    assertThatThrownBy(
            () -> {
              way.away = true;
              patient.push(List.of(job("b")));
            })
        .hasMessageContaining("closed");
  }

  private UUID push(String kind) {
    return buffer.push(List.of(job(kind))).getFirst();
  }

  private static NewJob job(String kind) {
    return NewJob.of(UUID.randomUUID(), "mail", kind, new byte[] {'1'});
  }

  /** Kinds in the store, oldest first. */
  private List<String> stored() {
    return store.list(JobFilter.of(null), null, 100).jobs().reversed().stream()
        .map(JobView::kind)
        .toList();
  }
}
