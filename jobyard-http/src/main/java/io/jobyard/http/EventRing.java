package io.jobyard.http;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The latest events, shared by all who follow: each has a place in the ring and no list of its own,
 * so that one who reads slowly costs nothing and is passed by. Safe for use by many threads.
 */
final class EventRing {
  private static final int MOST = 2_000;
  private static final long MOST_BYTES = 4L << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final ArrayDeque<Event> events = new ArrayDeque<>();
  private long bytes;
  private long last;
  private boolean closed;

  /** The number of the event that came last. */
  long last() {
    lock.lock();
    try {
      return last;
    } finally {
      lock.unlock();
    }
  }

  /** Adds events, whose numbers follow the last one's. */
  void add(List<Event> fresh) {
    lock.lock();
    try {
      for (Event event : fresh) {
        events.add(event);
        bytes += event.frame().length;
        last = event.number();
      }
      while (events.size() > MOST || (bytes > MOST_BYTES && events.size() > 1)) {
        bytes -= events.remove().frame().length;
      }
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * What came after a number; waits for it, but not for longer than this. Empty if nothing came,
   * null where what came next is gone already, or no more will come.
   */
  @Nullable List<Event> after(long number, long nanos) throws InterruptedException {
    long left = nanos;
    lock.lockInterruptibly();
    try {
      while (last <= number && left > 0 && !closed) {
        left = more.awaitNanos(left);
      }
      if (closed || !holds(number)) {
        return null;
      }
      List<Event> fresh = new ArrayList<>((int) (last - number));
      var backwards = events.descendingIterator();
      while (backwards.hasNext()) {
        Event event = backwards.next();
        if (event.number() <= number) {
          break;
        }
        fresh.add(event);
      }
      return fresh.reversed();
    } finally {
      lock.unlock();
    }
  }

  /** Whether everything after a number is still here. */
  boolean holds(long number) {
    lock.lock();
    try {
      long oldest = events.isEmpty() ? last + 1 : events.getFirst().number();
      return number <= last && number + 1 >= oldest;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  static long seconds(int seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }
}
