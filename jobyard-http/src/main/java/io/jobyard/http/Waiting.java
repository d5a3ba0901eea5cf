package io.jobyard.http;

import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.ProducerStore;
import io.jobyard.store.StoreListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the ends of jobs on behalf of requests, which hold no thread meanwhile: one thread asks
 * for all of them, when the store says that jobs ended and now and then. Its thread starts with the
 * first wait and ends with {@link #close}, which may be called twice. Safe for use by many threads.
 */
final class Waiting implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Waiting.class);
  private static final int MOST = 2_000;
  private static final int BATCH = 500;
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration LEAST_PAUSE = Duration.ofMillis(5);

  private final JobStore store;
  private final Semaphore seats = new Semaphore(MOST);
  private final Semaphore bell = new Semaphore(0);
  private final Map<UUID, Set<End>> waiting = new ConcurrentHashMap<>();
  private boolean started;

  /** Told from others only by being itself. */
  private static final class End {
    private final CompletableFuture<Optional<JobView>> job = new CompletableFuture<>();
  }

  private volatile boolean closed;

  Waiting(JobStore store) {
    this.store = store;
  }

  /**
   * The job once it has ended; one that is not in the store, empty, has succeeded or never was.
   *
   * @throws Problem if too many wait
   */
  CompletableFuture<Optional<JobView>> ended(UUID id, Duration longest) {
    if (!seats.tryAcquire()) {
      throw Problem.busy("too many requests wait for jobs at once; ask again later", 5);
    }
    End end = new End();
    waiting.compute(
        id,
        (key, ends) -> {
          Set<End> all = ends == null ? ConcurrentHashMap.newKeySet() : ends;
          all.add(end);
          return all;
        });
    start();
    bell.release();
    return end.job
        .orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((view, error) -> {
          seats.release();
          leave(id, end);
        });
  }

  private void leave(UUID id, End end) {
    waiting.computeIfPresent(
        id,
        (key, ends) -> {
          ends.remove(end);
          return ends.isEmpty() ? null : ends;
        });
  }

  private synchronized void start() {
    if (!started && !closed) {
      started = true;
      Thread.ofPlatform().daemon().name("jobyard-http-waiting").start(this::watch);
    }
  }

  private void watch() {
    ProducerStore.Subscription listening = store.listen(ring());
    try {
      while (!closed) {
        round();
        TimeUnit.NANOSECONDS.sleep(LEAST_PAUSE.toNanos());
        long rest = waiting.isEmpty() ? TimeUnit.HOURS.toMillis(1) : LOOK.toMillis();
        if (bell.tryAcquire(rest, TimeUnit.MILLISECONDS)) {
          bell.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("no more waiting");
    } finally {
      listening.close();
    }
  }

  private StoreListener ring() {
    return new StoreListener() {
      @Override
      public void ready(String queue) {}

      @Override
      public void finished() {
        bell.release();
      }
    };
  }

  private void round() {
    List<UUID> all = List.copyOf(waiting.keySet());
    try {
      for (int from = 0; from < all.size(); from += BATCH) {
        look(all.subList(from, Math.min(from + BATCH, all.size())));
      }
    } catch (RuntimeException e) {
      LOG.warn("cannot ask for jobs that are waited for, trying again: {}", e.toString());
    }
  }

  private void look(List<UUID> ids) {
    Map<UUID, JobView> found = new HashMap<>();
    store.find(ids).forEach(job -> found.put(job.id(), job));
    for (UUID id : ids) {
      JobView job = found.get(id);
      if (job == null || job.state().finished()) {
        var ends = waiting.remove(id);
        if (ends != null) {
          new ArrayList<>(ends).forEach(end -> end.job.complete(Optional.ofNullable(job)));
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    bell.release();
    waiting
        .values()
        .forEach(ends ->
            ends.forEach(end -> end.job.completeExceptionally(Problem.busy("the node stops", 5))));
  }
}
