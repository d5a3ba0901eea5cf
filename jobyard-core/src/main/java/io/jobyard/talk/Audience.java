package io.jobyard.talk;

import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.store.SignalStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Listens at the store, and lets the nodes know whose progress somebody follows here: at once, and
 * again every few seconds for nodes that began since. What nobody follows is not sent ({@link
 * Herald}).
 *
 * <p>Safe for use by many threads. Its thread begins with the first that follows and ends with
 * {@link #close}, which may be called twice.
 */
final class Audience implements Air, AutoCloseable {
  /** How often to say it again. */
  static final long AGAIN_MILLIS = 5_000;

  /** How soon others that begin to follow may be said together. */
  private static final long GATHER_MILLIS = 5;

  private static final byte AGAIN = 0;
  private static final byte FRESH = 1;
  private static final int MOST_IN_ONE = 4_000;

  private final SignalStore store;
  private final Consumer<Signal> send;
  private final Map<UUID, Integer> followed = new HashMap<>();
  private final Set<UUID> fresh = new LinkedHashSet<>();
  private boolean closed;
  private @Nullable Thread thread;

  /**
   * @param send how the nodes are told
   */
  Audience(SignalStore store, Consumer<Signal> send) {
    this.store = store;
    this.send = send;
  }

  @Override
  public Subscription hear(String topic, Consumer<Signal> ear) {
    Subscription heard = store.hear(topic, ear);
    if (!Topics.isProgress(topic)) {
      return heard;
    }
    UUID job = Topics.progressJob(topic);
    follow(job);
    return new Following(heard, job);
  }

  /** Closes once. */
  private final class Following implements Subscription {
    private final Subscription heard;
    private @Nullable UUID job;

    Following(Subscription heard, UUID job) {
      this.heard = heard;
      this.job = job;
    }

    @Override
    public synchronized void close() {
      heard.close();
      if (job != null) {
        unfollow(job);
        job = null;
      }
    }
  }

  private synchronized void follow(UUID job) {
    if (closed) {
      return;
    }
    followed.merge(job, 1, Integer::sum);
    fresh.add(job);
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("jobyard-audience").start(this::announce);
    }
    notifyAll();
  }

  private synchronized void unfollow(UUID job) {
    followed.computeIfPresent(job, (id, count) -> count == 1 ? null : count - 1);
    if (!followed.containsKey(job)) {
      fresh.remove(job);
    }
  }

  private void announce() {
    try {
      while (true) {
        say(FRESH, takeFresh());
        if (pause()) {
          TimeUnit.MILLISECONDS.sleep(GATHER_MILLIS);
        } else {
          say(AGAIN, all());
        }
      }
    } catch (InterruptedException e) {
      // Closed: nobody follows anything here any more.
      close();
    }
  }

  private synchronized List<UUID> takeFresh() {
    List<UUID> jobs = List.copyOf(fresh);
    fresh.clear();
    return jobs;
  }

  private synchronized List<UUID> all() {
    return List.copyOf(followed.keySet());
  }

  /** Waits until somebody begins to follow, which is true, or it is time to say all again. */
  private synchronized boolean pause() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(AGAIN_MILLIS);
    while (fresh.isEmpty()) {
      if (closed) {
        throw new InterruptedException("closed");
      }
      long left = followed.isEmpty() ? AGAIN_MILLIS : millisUntil(end);
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  private static long millisUntil(long moment) {
    return TimeUnit.NANOSECONDS.toMillis(moment - System.nanoTime());
  }

  private void say(byte how, List<UUID> jobs) {
    for (int from = 0; from < jobs.size(); from += MOST_IN_ONE) {
      List<UUID> some = jobs.subList(from, Math.min(from + MOST_IN_ONE, jobs.size()));
      ByteBuffer body = ByteBuffer.allocate(1 + 16 * some.size()).put(how);
      some.forEach(
          job -> body.putLong(job.getMostSignificantBits()).putLong(job.getLeastSignificantBits()));
      send.accept(new Signal(Topics.AUDIENCE, body.array()));
    }
  }

  /**
   * What such a signal says.
   *
   * @param fresh whether somebody has just begun to follow
   */
  record Followed(boolean fresh, List<UUID> jobs) {
    static Followed read(Signal signal) {
      ByteBuffer body = ByteBuffer.wrap(signal.body());
      boolean fresh = body.hasRemaining() && body.get() == FRESH;
      List<UUID> jobs = new ArrayList<>(body.remaining() / 16);
      while (body.remaining() >= 16) {
        jobs.add(new UUID(body.getLong(), body.getLong()));
      }
      return new Followed(fresh, jobs);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    followed.clear();
    fresh.clear();
    notifyAll();
  }
}
