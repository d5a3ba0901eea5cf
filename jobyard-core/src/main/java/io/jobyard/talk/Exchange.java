package io.jobyard.talk;

import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.store.SignalStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends and listens at the store on a thread of its own, so that a store that hangs holds up nobody
 * else, and what one sender says stays in order. Nothing is kept for a store that is away: what was
 * to be sent then is lost. Who is to hear is subscribed as soon as the store is back.
 *
 * <p>Safe for use by many threads. The thread begins with the first use; {@link #close} gives it a
 * second to send what waits, and may be called twice, or without any use.
 */
public final class Exchange implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
  private static final int MOST_WAITING = 10_000;
  private static final long MOST_BYTES = 16L * 1024 * 1024;
  private static final int AT_ONCE = 200;
  private static final int ENOUGH_BYTES = 1024 * 1024;
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LAST_WORDS_MILLIS = 1_000;

  private final String name;
  private final SignalStore store;
  private final Air air;
  private final ArrayDeque<Signal> waiting = new ArrayDeque<>();
  private final List<Ear> wanted = new ArrayList<>();
  private final List<Ear> ears = new ArrayList<>();
  private long bytes;
  private long retryAt = System.nanoTime();
  private boolean away;
  private boolean flooded;
  private boolean closed;
  private @Nullable Thread thread;

  /** Somebody who is to hear, and does once he has a subscription. Guarded by the exchange. */
  private static final class Ear {
    final String topic;
    final Consumer<Signal> tell;
    @Nullable Subscription subscription;
    boolean closed;

    Ear(String topic, Consumer<Signal> tell) {
      this.topic = topic;
      this.tell = tell;
    }
  }

  /**
   * @param name for its thread and the log
   * @param air where is listened
   */
  Exchange(String name, SignalStore store, Air air) {
    this.name = name;
    this.store = store;
    this.air = air;
  }

  /** Sends soon. Of too much that waits, the oldest is dropped. */
  public synchronized void send(Signal signal) {
    if (closed) {
      return;
    }
    waiting.add(signal);
    bytes += signal.body().length;
    while (waiting.size() > MOST_WAITING || bytes > MOST_BYTES) {
      bytes -= waiting.remove().body().length;
      if (!flooded) {
        flooded = true;
        LOG.warn(
            "{}: live messages come faster than the store takes them: the oldest of {} that wait"
                + " are dropped",
            name,
            waiting.size());
      }
    }
    work();
  }

  /** Hears soon, and as long as it is not closed. */
  public synchronized Subscription hear(String topic, Consumer<Signal> tell) {
    Ear ear = new Ear(topic, tell);
    if (!closed) {
      wanted.add(ear);
      work();
    }
    return () -> drop(ear);
  }

  private void drop(Ear ear) {
    Subscription subscription;
    synchronized (this) {
      ear.closed = true;
      wanted.remove(ear);
      ears.remove(ear);
      subscription = ear.subscription;
    }
    if (subscription != null) {
      subscription.close();
    }
  }

  private void work() {
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("jobyard-exchange-" + name).start(this::serve);
    }
    notifyAll();
  }

  private void serve() {
    try {
      while (await()) {
        subscribe();
        pass(batch());
      }
    } catch (InterruptedException e) {
      LOG.debug("{}: interrupted, no live messages any more", name);
    }
  }

  /** Waits for something to do; false once it is closed and has nothing. */
  private synchronized boolean await() throws InterruptedException {
    while (waiting.isEmpty()) {
      if (closed) {
        return false;
      }
      long left = wanted.isEmpty() ? Long.MAX_VALUE : retryAt - System.nanoTime();
      if (left <= 0) {
        break;
      }
      if (left == Long.MAX_VALUE) {
        wait();
      } else {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
      }
    }
    return true;
  }

  private void subscribe() {
    List<Ear> due;
    synchronized (this) {
      if (closed || retryAt - System.nanoTime() > 0) {
        return;
      }
      due = List.copyOf(wanted);
    }
    for (Ear ear : due) {
      try {
        heard(ear, air.hear(ear.topic, ear.tell));
      } catch (RuntimeException e) {
        failed("listen to live messages", e);
        synchronized (this) {
          retryAt = System.nanoTime() + RETRY_NANOS;
        }
        return;
      }
    }
  }

  private void heard(Ear ear, Subscription subscription) {
    boolean late;
    synchronized (this) {
      late = ear.closed || closed;
      wanted.remove(ear);
      if (!late) {
        ear.subscription = subscription;
        ears.add(ear);
      }
    }
    if (late) {
      subscription.close();
    }
  }

  private synchronized List<Signal> batch() {
    List<Signal> batch = new ArrayList<>();
    int length = 0;
    while (!waiting.isEmpty() && batch.size() < AT_ONCE && length < ENOUGH_BYTES) {
      Signal signal = waiting.remove();
      length += signal.body().length;
      batch.add(signal);
    }
    bytes -= length;
    if (waiting.isEmpty()) {
      flooded = false;
    }
    return batch;
  }

  private void pass(List<Signal> batch) {
    if (batch.isEmpty()) {
      return;
    }
    try {
      store.signal(batch);
      if (away) {
        away = false;
        LOG.info("{}: live messages can be sent again", name);
      }
    } catch (RuntimeException e) {
      failed("send live messages, which are lost", e);
    }
  }

  /** On its own thread, as everything that touches {@code away}. */
  private void failed(String what, RuntimeException e) {
    if (away) {
      LOG.debug("{}: still cannot {}: {}", name, what, e.toString());
    } else {
      away = true;
      LOG.warn("{}: cannot {}: {}", name, what, e.toString());
    }
  }

  @Override
  public void close() {
    Thread last;
    List<Ear> left;
    synchronized (this) {
      closed = true;
      last = thread;
      left = List.copyOf(ears);
      wanted.clear();
      notifyAll();
    }
    left.forEach(this::drop);
    if (last != null) {
      try {
        last.join(LAST_WORDS_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
