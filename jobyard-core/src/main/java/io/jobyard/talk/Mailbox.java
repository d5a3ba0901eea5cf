package io.jobyard.talk;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for one listener, who is called by one thread at a time and in order. Where he is too
 * slow the oldest is dropped, so that he holds up neither senders nor other listeners. Safe for use
 * by many threads.
 */
final class Mailbox<T> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);
  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private final String what;
  private final int most;
  private final ToIntFunction<T> size;
  private final Consumer<T> listener;
  private final Executor threads;
  private final ArrayDeque<T> waiting = new ArrayDeque<>();
  private int bytes;
  private boolean serving;
  private boolean closed;
  private long dropped;
  private boolean threw;

  /**
   * @param what it is about, for the log
   * @param most that may wait; with 1 the latest replaces what waits, and nobody is told
   * @param size of one, in bytes
   */
  Mailbox(String what, int most, ToIntFunction<T> size, Consumer<T> listener, Executor threads) {
    this.what = what;
    this.most = most;
    this.size = size;
    this.listener = listener;
    this.threads = threads;
  }

  void put(T one) {
    synchronized (this) {
      if (closed) {
        return;
      }
      int length = size.applyAsInt(one);
      while (!waiting.isEmpty() && (waiting.size() >= most || bytes + length > MOST_BYTES)) {
        bytes -= size.applyAsInt(waiting.remove());
        drop();
      }
      waiting.add(one);
      bytes += length;
      if (serving) {
        return;
      }
      serving = true;
    }
    try {
      threads.execute(this::serve);
    } catch (RejectedExecutionException e) {
      close(); // whoever listened has gone
    }
  }

  private void drop() {
    dropped++;
    if (most > 1 && dropped == 1) {
      LOG.warn(
          "who listens to {} is slower than what comes: the oldest of {} that wait is dropped, and"
              + " so are further ones without a word",
          what,
          waiting.size() + 1);
    }
  }

  /** How many were dropped so far. */
  synchronized long dropped() {
    return dropped;
  }

  private void serve() {
    for (T one = next(); one != null; one = next()) {
      try {
        listener.accept(one);
      } catch (Throwable e) {
        broken(e);
      }
    }
  }

  private synchronized @Nullable T next() {
    T one = closed ? null : waiting.poll();
    if (one == null) {
      serving = false;
    } else {
      bytes -= size.applyAsInt(one);
    }
    return one;
  }

  private synchronized void broken(Throwable e) {
    if (threw) {
      LOG.debug("who listens to {} threw again: {}", what, e.toString());
    } else {
      threw = true;
      LOG.warn("who listens to {} threw; the next one is heard all the same", what, e);
    }
  }

  /** Calls the listener no more; a call that is under way goes on. */
  @Override
  public synchronized void close() {
    closed = true;
    waiting.clear();
    bytes = 0;
  }
}
