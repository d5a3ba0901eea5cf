package io.jobyard.bench.peers;

import java.time.Duration;

/** A peer whose jobs run on threads of this JVM, and count themselves in {@link Tally}. */
abstract class ThreadPeer implements Peer {
  /** Of each pool, as the systems' own benchmarks have it for two processors. */
  static final int THREADS = 20;

  @Override
  public final Duration drain(int jobs) throws Exception {
    Tally.reset();
    start();
    Duration took = Tally.await(jobs);
    stop();
    return took;
  }

  @Override
  public final Duration pushToStart() throws Exception {
    Tally.reset();
    long before = System.nanoTime();
    pushOne(1);
    return Duration.ofNanos(Tally.awaitOne() - before);
  }
}
