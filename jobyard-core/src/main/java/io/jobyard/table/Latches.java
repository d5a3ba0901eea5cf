package io.jobyard.table;

import io.jobyard.JobyardException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The locks of a table: one a bucket, a word that names its holder. Held for less than a
 * microsecond and never over a wait. One that a dead process left is taken over by the next who
 * wants it. Safe for any thread of any process.
 */
final class Latches {
  private static final int SPINS = 200;
  private static final long NAP_NANOS = Duration.ofNanos(50_000).toNanos();
  private static final long SUSPICIOUS_NANOS = Duration.ofMillis(2).toNanos();
  private static final long HOPELESS_NANOS = Duration.ofSeconds(5).toNanos();

  private final Layout layout;
  private final Memory memory;
  private final Owners owners;

  Latches(Layout layout, Memory memory, Owners owners) {
    this.layout = layout;
    this.memory = memory;
    this.owners = owners;
  }

  /**
   * Takes a bucket's lock.
   *
   * @return whether it was taken over from a dead process, so that the bucket needs a look
   * @throws JobyardException if its holder lives and stands still
   */
  boolean take(int bucket) {
    int at = layout.bucket(bucket);
    for (int spin = 0; spin < SPINS; spin++) {
      if (memory.get(at) == 0 && memory.exchange(at, 0, owners.self())) {
        return false;
      }
      Thread.onSpinWait();
    }
    return takeSlowly(at);
  }

  void release(int bucket) {
    memory.publish(layout.bucket(bucket), 0);
  }

  private boolean takeSlowly(int at) {
    long begin = System.nanoTime();
    long look = begin + SUSPICIOUS_NANOS;
    while (true) {
      long holder = memory.get(at);
      if (holder == 0 && memory.exchange(at, 0, owners.self())) {
        return false;
      }
      long now = System.nanoTime();
      if (holder != 0 && now - look > 0) {
        if (owners.gone(holder) && memory.exchange(at, holder, owners.self())) {
          return true;
        }
        look = now + SUSPICIOUS_NANOS;
      }
      if (now - begin > HOPELESS_NANOS) {
        throw new JobyardException(
            "table %s: a process that stands still has held a row for %d s"
                .formatted(layout.name, Duration.ofNanos(HOPELESS_NANOS).toSeconds()));
      }
      LockSupport.parkNanos(NAP_NANOS);
    }
  }
}
