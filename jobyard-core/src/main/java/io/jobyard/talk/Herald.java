package io.jobyard.talk;

import io.jobyard.Progress;
import io.jobyard.store.Signal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells how far a node's jobs are, to those who follow them and only then; whoever begins to follow
 * is told at once what was said last. Remembers the jobs that spoke last. Safe for use by many
 * threads.
 */
final class Herald {
  private static final int MOST_JOBS = 10_000;
  private static final int MOST_FOLLOWED = 100_000;

  /** So long after the {@link Audience} said so, somebody counts as following. */
  private static final long FOLLOWED_NANOS =
      TimeUnit.MILLISECONDS.toNanos(3 * Audience.AGAIN_MILLIS);

  private final Consumer<Signal> send;
  private final Map<UUID, Progress> latest = bounded(MOST_JOBS, true);
  private final Map<UUID, Long> followedUntil = bounded(MOST_FOLLOWED, false);

  Herald(Consumer<Signal> send) {
    this.send = send;
  }

  private static <V> Map<UUID, V> bounded(int most, boolean byAccess) {
    return new LinkedHashMap<>(16, 0.75f, byAccess) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<UUID, V> eldest) {
        return size() > most;
      }
    };
  }

  /** A job said how far it is. */
  synchronized void progress(UUID job, Progress progress) {
    latest.put(job, progress);
    if (followed(job, System.nanoTime())) {
      send.accept(ProgressWire.write(job, progress));
    }
  }

  /** Somebody said whom he follows. */
  synchronized void heard(Signal signal) {
    var said = Audience.Followed.read(signal);
    long now = System.nanoTime();
    for (UUID job : said.jobs()) {
      boolean known = followed(job, now);
      followedUntil.remove(job); // the latest comes last
      followedUntil.put(job, now + FOLLOWED_NANOS);
      Progress last = said.fresh() || !known ? latest.get(job) : null;
      if (last != null) {
        send.accept(ProgressWire.write(job, last));
      }
    }
  }

  private boolean followed(UUID job, long now) {
    Long until = followedUntil.get(job);
    return until != null && until - now > 0;
  }
}
