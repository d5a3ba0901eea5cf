package io.jobyard.run;

import io.jobyard.JobyardException;
import io.jobyard.store.JobView;
import io.jobyard.store.ProducerStore.Subscription;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for jobs to end, for all handles together: one thread asks for all of them at once.
 *
 * <p>It asks every 2 ms at first, ever more seldom up to 100 ms while nothing ends, and at once
 * when it is told that jobs ended; but it always rests four times as long as the asking took, so
 * that many handles cannot wear the store out. While the store is away it goes on trying.
 *
 * <p>Safe for use by many threads. The thread, a platform daemon, starts with the first handle that
 * waits and ends with {@link #close}, which may be called twice.
 */
public final class Watcher implements AutoCloseable {
  private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_AWAY = TimeUnit.SECONDS.toNanos(2);
  private static final int REST = 4;
  private static final int BATCH = 500;

  private final Source source;
  private final Map<UUID, CompletableFuture<Optional<JobView>>> watched = new ConcurrentHashMap<>();
  private volatile boolean woken;
  private volatile boolean closed;
  private volatile @Nullable Thread thread;

  /** Where jobs are looked up. */
  @FunctionalInterface
  public interface Source {
    /** See {@link io.jobyard.store.ProducerStore#find}. */
    List<JobView> find(Collection<UUID> ids);

    /** Calls back, at least sometimes, when jobs may have ended. */
    default Subscription listen(Runnable finished) {
      return () -> {};
    }
  }

  public Watcher(Source source) {
    this.source = source;
  }

  /** The job as it stands now; empty if it is not in the store. */
  public Optional<JobView> look(UUID id) {
    return source.find(List.of(id)).stream().findFirst();
  }

  /** Completes once the job has ended, on the watcher's thread; empty if it left the store. */
  CompletableFuture<Optional<JobView>> ended(UUID id) {
    CompletableFuture<Optional<JobView>> end =
        watched.computeIfAbsent(id, key -> new CompletableFuture<>());
    if (closed) {
      giveUp();
    } else {
      start();
      wake();
    }
    return end;
  }

  /** Jobs may have ended. */
  public void wake() {
    woken = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    giveUp();
  }

  private void giveUp() {
    for (UUID id : List.copyOf(watched.keySet())) {
      CompletableFuture<Optional<JobView>> end = watched.remove(id);
      if (end != null) {
        end.completeExceptionally(
            new JobyardException(
                "Jobyard was closed while job " + id + " was awaited; the job goes on"));
      }
    }
  }

  private void start() {
    if (thread == null) {
      synchronized (this) {
        if (thread == null) {
          thread = Thread.ofPlatform().daemon().name("jobyard-watcher").start(this::watch);
        }
      }
    }
  }

  private void watch() {
    // Not in a field: every worker has a watcher, few ever watch, and all are ready sooner without.
    Logger log = LoggerFactory.getLogger(Watcher.class);
    Subscription notices = null;
    long pause = SHORTEST;
    boolean away = false;
    while (!closed) {
      if (watched.isEmpty()) {
        LockSupport.park(this);
        pause = SHORTEST;
        continue;
      }
      woken = false;
      long began = System.nanoTime();
      try {
        notices = notices == null ? source.listen(this::wake) : notices;
        pause = round() ? SHORTEST : Math.min(pause * 2, LONGEST);
        if (away) {
          log.info("awaited jobs can be asked for again");
        }
        away = false;
      } catch (RuntimeException e) {
        if (!away) {
          log.warn("cannot ask for jobs that are awaited, trying again: {}", e.toString());
        }
        away = true;
        pause = Math.min(Math.max(pause, LONGEST) * 2, LONGEST_AWAY);
      }
      long now = System.nanoTime();
      rest(now, away ? pause : (now - began) * REST, pause);
    }
    if (notices != null) {
      notices.close();
    }
  }

  /** Asks once for every job. True if one of them ended. */
  private boolean round() {
    boolean any = false;
    List<UUID> all = new ArrayList<>(watched.keySet());
    for (int from = 0; from < all.size() && !closed; from += BATCH) {
      List<UUID> batch = all.subList(from, Math.min(from + BATCH, all.size()));
      Map<UUID, JobView> found = new HashMap<>();
      source.find(batch).forEach(view -> found.put(view.id(), view));
      for (UUID id : batch) {
        JobView view = found.get(id);
        if (view == null || view.state().finished()) {
          any = true;
          CompletableFuture<Optional<JobView>> end = watched.remove(id);
          if (end != null) {
            end.complete(Optional.ofNullable(view));
          }
        }
      }
    }
    return any;
  }

  /** Waits for at least the first time, and on until the second or a wake-up. */
  private void rest(long from, long least, long most) {
    long left;
    do {
      long passed = System.nanoTime() - from;
      left = (woken && passed >= least ? least : Math.max(least, most)) - passed;
      if (left > 0) {
        LockSupport.parkNanos(this, woken ? Math.max(least - passed, 1) : left);
      }
    } while (left > 0 && !closed);
  }
}
