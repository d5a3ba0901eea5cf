package io.jobyard.talk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.StoreUnavailable;
import io.jobyard.memory.MemoryStore;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.store.SignalStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // listening needs no more than to be there
class ExchangeTest {
  private final MemoryStore memory = new MemoryStore();
  private final Unsteady store = new Unsteady();
  private final Exchange exchange = new Exchange("test", store, store::hear);
  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

  /** A store that goes away and comes back, or hangs. */
  private final class Unsteady implements SignalStore {
    private volatile boolean away;
    private volatile boolean refused;
    private volatile CountDownLatch hanging = new CountDownLatch(0);

    @Override
    public void signal(List<Signal> signals) {
      try {
        hanging.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      refused = away;
      check();
      memory.signal(signals);
    }

    @Override
    public Subscription hear(String topic, Consumer<Signal> ear) {
      check();
      return memory.hear(topic, ear);
    }

    private void check() {
      if (away) {
        throw new StoreUnavailable("away");
      }
    }
  }

  @AfterEach
  void close() {
    store.hanging.countDown();
    exchange.close();
    exchange.close();
    memory.close();
  }

  private static Signal signal(String text) {
    return new Signal("t", text.getBytes(StandardCharsets.UTF_8));
  }

  private void hear(Signal signal) {
    heard.add(text(signal));
  }

  private static String text(Signal signal) {
    return new String(signal.body(), StandardCharsets.UTF_8);
  }

  @Test
  void listensAsSoonAsTheStoreIsBackAndKeepsNothingForIt() {
    store.away = true;
    Subscription subscription = exchange.hear("t", this::hear);
    exchange.send(signal("lost"));
    await().until(() -> store.refused);
    store.away = false;
    await()
        .until(() -> {
          exchange.send(signal("again"));
          return heard.contains("again");
        });
    assertThat(heard).doesNotContain("lost");
    subscription.close();
    List<String> others = Collections.synchronizedList(new ArrayList<>());
    try (Subscription other = memory.hear("t", signal -> others.add(text(signal)))) {
      exchange.send(signal("after"));
      await().until(() -> others.contains("after"));
    }
    assertThat(heard).doesNotContain("after");
  }

  @Test
  void aStoreThatHangsHoldsUpNobodyAndTheOldestAreDropped() {
    Subscription subscription = memory.hear("t", this::hear);
    store.hanging = new CountDownLatch(1);
    for (int i = 0; i < 10_500; i++) {
      exchange.send(signal("" + i));
    }
    store.hanging.countDown();
    await().until(() -> heard.contains("10499"));
    assertThat(heard).doesNotContain("250").hasSizeLessThanOrEqualTo(10_200);
    assertThat(heard.stream().map(Integer::valueOf)).isSorted();
    subscription.close();
  }

  @Test
  void whatWaitsIsSentAtTheClose() {
    Subscription subscription = memory.hear("t", this::hear);
    for (int i = 0; i < 1_000; i++) {
      exchange.send(signal("" + i));
    }
    exchange.close();
    await().until(() -> heard.size() == 1_000);
    subscription.close();
  }
}
