package io.jobyard.store.postgresql;

import io.jobyard.JobyardException;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.StoreListener;
import io.jobyard.store.jdbc.Heads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes who listens: those of this store object at once, those of others by a notification.
 *
 * <p>It is not sent within the transaction that it is about. The server lets transactions that
 * notify commit only one after the other, so that pushes could not share a flush of the disk; and
 * while one notification is on its way, all that comes to be gathers in the next. One that is lost
 * with its process costs a poll. Safe for any thread; has one of its own.
 */
final class Bell implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Bell.class);

  /** Between two notifications; the first after a silence goes out at once. */
  private static final long PAUSE = Duration.ofMillis(4).toNanos();

  /** The same after one that only said that jobs ended, as happens all the time. */
  private static final long LONG_PAUSE = Duration.ofMillis(12).toNanos();

  private final Channel channel;
  private final Queues queues;
  private final Heads heads;
  private final String sender;
  private final List<StoreListener> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private Map<String, Integer> ready = new HashMap<>();
  private boolean cancel;
  private boolean finished;
  private boolean closed;

  /** Calls are frequent, and all but the first since the last ring say nothing. */
  private final AtomicBoolean finishedSaid = new AtomicBoolean();

  Bell(Channel channel, Queues queues, Heads heads, String sender) {
    this.channel = channel;
    this.queues = queues;
    this.heads = heads;
    this.sender = sender;
    this.thread = Thread.ofPlatform().name("jobyard-bell").daemon().unstarted(this::loop);
  }

  void start() {
    thread.start();
  }

  /** A job of this priority waits in the queue, or will. */
  void pushed(String queue, int priority) {
    say(() -> ready.merge(queue, priority, Math::min));
  }

  /** A job took its old place in the queue. */
  void back(String queue) {
    pushed(queue, Integer.MIN_VALUE);
  }

  void cancelRequested() {
    say(() -> cancel = true);
  }

  void finished() {
    if (finishedSaid.compareAndSet(false, true)) {
      say(() -> finished = true);
    }
  }

  Subscription listen(StoreListener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Passes on what another store object sent. */
  void heard(String text) {
    int colon = text.indexOf(':');
    if (colon < 0 || text.substring(0, colon).equals(sender)) {
      return;
    }
    Wake wake = Wake.of(text.substring(colon + 1));
    if (wake != null) {
      tell(wake);
    }
  }

  /** After a time in which nothing could be heard: anything may have happened. */
  void missedSome() {
    queues.names().forEach(queue -> tell(new Wake.Ready(queue, Integer.MIN_VALUE)));
    tell(new Wake.Cancel());
    tell(new Wake.Finished());
  }

  /** The server went away, or cut the connection. */
  void away() {
    tellAll(StoreListener::away);
  }

  /** As it is sent to those of other store objects. */
  String text(Wake wake) {
    return sender + ":" + wake.text();
  }

  /** As a caller's transaction sends it: those here know no sooner than others that it commits. */
  static String textForAll(Wake wake) {
    return ":" + wake.text();
  }

  @Override
  public void close() {
    say(() -> closed = true);
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void say(Runnable what) {
    lock.lock();
    try {
      what.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void loop() {
    for (List<Wake> wakes = next(); !wakes.isEmpty(); wakes = next()) {
      wakes.forEach(this::tell);
      try {
        channel.send(wakes.stream().map(this::text).toList());
      } catch (JobyardException e) {
        LOG.debug("others are not woken and will poll: {}", e.getMessage());
      }
      pause(wakes);
    }
  }

  /** What there is to say; empty at the end. */
  private List<Wake> next() {
    lock.lock();
    try {
      while (ready.isEmpty() && !cancel && !finished && !closed) {
        changed.awaitUninterruptibly();
      }
      List<Wake> wakes = new ArrayList<>();
      ready.forEach((queue, priority) -> wakes.add(new Wake.Ready(queue, priority)));
      if (cancel) {
        wakes.add(new Wake.Cancel());
      }
      if (finished) {
        finishedSaid.set(false);
        wakes.add(new Wake.Finished());
      }
      ready = new HashMap<>();
      cancel = false;
      finished = false;
      return wakes;
    } finally {
      lock.unlock();
    }
  }

  private void pause(List<Wake> said) {
    boolean ends = said.stream().allMatch(wake -> wake instanceof Wake.Finished);
    lock.lock();
    try {
      long left = ends ? LONG_PAUSE : PAUSE;
      while (left > 0 && !closed && !(ends && (cancel || !ready.isEmpty()))) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private void tell(Wake wake) {
    if (wake instanceof Wake.Ready(String queue, int priority)) {
      Integer number = queues.met(queue);
      if (number != null) {
        heads.of(number).pushed(priority);
      }
    }
    tellAll(listener -> {
      switch (wake) {
        case Wake.Ready(String queue, int priority) -> listener.ready(queue);
        case Wake.Cancel() -> listener.cancelRequested();
        case Wake.Finished() -> listener.finished();
      }
    });
  }

  private void tellAll(Consumer<StoreListener> what) {
    for (StoreListener listener : listeners) {
      try {
        what.accept(listener);
      } catch (RuntimeException e) {
        LOG.warn("a listener of the store failed; the others are told all the same", e);
      }
    }
  }
}
