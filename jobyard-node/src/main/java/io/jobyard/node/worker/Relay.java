package io.jobyard.node.worker;

import io.jobyard.node.frame.Connection;
import io.jobyard.node.frame.Frame;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.talk.Air;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * What this worker hears of the store's live signals, by way of its manager, who is asked for a
 * topic as long as somebody here hears it. Safe for use by many threads.
 */
final class Relay implements Air {
  private final Connection manager;
  private final Map<String, List<Ear>> ears = new HashMap<>();

  /** No record: the same consumer may hear the same topic twice. */
  private static final class Ear {
    final Consumer<Signal> tell;

    Ear(Consumer<Signal> tell) {
      this.tell = tell;
    }
  }

  Relay(Connection manager) {
    this.manager = manager;
  }

  @Override
  public synchronized Subscription hear(String topic, Consumer<Signal> tell) {
    Ear ear = new Ear(tell);
    List<Ear> all = ears.computeIfAbsent(topic, any -> new CopyOnWriteArrayList<>());
    all.add(ear);
    if (all.size() == 1) {
      manager.send(new Frame.Hear(topic, true));
    }
    return () -> drop(topic, ear);
  }

  private synchronized void drop(String topic, Ear ear) {
    List<Ear> all = ears.getOrDefault(topic, List.of());
    if (all.contains(ear)) {
      all.remove(ear);
      if (all.isEmpty()) {
        ears.remove(topic);
        manager.send(new Frame.Hear(topic, false));
      }
    }
  }

  /** The manager heard this. */
  void heard(Signal signal) {
    for (Ear ear : of(signal.topic())) {
      try {
        ear.tell.accept(signal);
      } catch (RuntimeException e) {
        // No logger in a field: every worker has a relay, and is ready sooner without.
        LoggerFactory.getLogger(Relay.class).warn("whoever hears {} threw", signal.topic(), e);
      }
    }
  }

  private synchronized List<Ear> of(String topic) {
    return ears.getOrDefault(topic, List.of());
  }
}
