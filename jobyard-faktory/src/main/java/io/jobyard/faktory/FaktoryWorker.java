package io.jobyard.faktory;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that fetches jobs, over as many connections as it likes. Safe for use by many threads.
 */
final class FaktoryWorker {
  private final Hello hello;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile WorkerState state = WorkerState.RUNNING;
  private volatile long seen = System.nanoTime();
  private final AtomicInteger asking = new AtomicInteger();
  private volatile long rssKb;

  FaktoryWorker(Hello hello) {
    this.hello = hello;
  }

  String wid() {
    return hello.wid();
  }

  Hello hello() {
    return hello;
  }

  /** It said something, and waits for the answer. */
  void asks() {
    asking.incrementAndGet();
  }

  /** It was answered. */
  void answered() {
    seen();
    asking.decrementAndGet();
  }

  private void seen() {
    seen = System.nanoTime();
  }

  void enter(Connection connection) {
    seen();
    connections.add(connection);
  }

  void leave(Connection connection) {
    seen();
    connections.remove(connection);
  }

  /** It lives, and uses so much memory. */
  void beats(long kibibytes) {
    seen();
    rssKb = kibibytes;
  }

  long rssKb() {
    return rssKb;
  }

  WorkerState state() {
    return state;
  }

  /** It never goes back to a state before. */
  synchronized void become(WorkerState next) {
    if (next.compareTo(state) > 0) {
      state = next;
    }
  }

  /**
   * Whether it must be taken for dead. One without a name cannot beat, so while it is connected
   * nothing tells against it.
   */
  boolean silentFor(long nanos, long now) {
    boolean excused = asking.get() > 0 || (hello.wid().isEmpty() && !connections.isEmpty());
    return !excused && now - seen > nanos;
  }

  /** Nothing it might still say is heard. */
  void hangUp() {
    connections.forEach(Connection::close);
  }

  /** For messages. */
  @Override
  public String toString() {
    return hello.wid().isEmpty()
        ? "a worker without a wid"
        : "worker " + hello.wid() + " (" + hello.hostname() + ", pid " + hello.pid() + ")";
  }
}
