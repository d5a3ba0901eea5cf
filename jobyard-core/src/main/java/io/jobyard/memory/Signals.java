package io.jobyard.memory;

import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes live messages on, one after another, on a thread of its own that goes away when nothing
 * happens. So many may wait; further ones are lost until the ears have caught up. Thread-safe.
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
  private static final int MAX_WAITING = 10_000;

  private final List<Ear> ears = new CopyOnWriteArrayList<>();
  private final AtomicBoolean losing = new AtomicBoolean();
  private final ThreadPoolExecutor thread = daemon();

  /** No record: the same consumer may hear the same topic twice. */
  private static final class Ear {
    final String topic;
    final Consumer<Signal> tell;
    volatile boolean closed;

    Ear(String topic, Consumer<Signal> tell) {
      this.topic = topic;
      this.tell = tell;
    }
  }

  Subscription hear(String topic, Consumer<Signal> tell) {
    Ear ear = new Ear(topic, tell);
    ears.add(ear);
    return () -> {
      ear.closed = true;
      ears.remove(ear);
    };
  }

  /** Guarded by {@link Memory}'s lock, which keeps each sender's order. */
  void send(List<Signal> signals) {
    for (Signal signal : signals) {
      List<Ear> audience = ears.stream().filter(ear -> ear.topic.equals(signal.topic())).toList();
      if (!audience.isEmpty()) {
        thread.execute(() -> deliver(signal, audience));
      }
    }
  }

  private void deliver(Signal signal, List<Ear> audience) {
    losing.set(false);
    for (Ear ear : audience) {
      if (ear.closed) {
        continue;
      }
      try {
        ear.tell.accept(signal);
      } catch (RuntimeException broken) {
        LOG.warn("an ear for {} threw; it hears the next one all the same", ear.topic, broken);
      }
    }
  }

  private void lost() {
    if (losing.compareAndSet(false, true)) {
      LOG.warn("{} live messages wait for slow ears; further ones are dropped", MAX_WAITING);
    }
  }

  private ThreadPoolExecutor daemon() {
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().name("jobyard-memory-signals").daemon().factory(),
            (message, full) -> lost());
    one.allowCoreThreadTimeOut(true);
    return one;
  }
}
