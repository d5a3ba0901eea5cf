package io.jobyard.run;

import io.jobyard.JobyardException;
import io.jobyard.PushRefused;
import io.jobyard.StoreUnavailable;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps pushes in memory while the store is away and stores them, in order, as soon as it is back.
 * While nothing is kept, a push goes straight to the store; the first that the store does not
 * answer is kept with its ids, so that repeating it stores nothing twice, and all that follow queue
 * behind it at once.
 *
 * <p>Who pushed them was told that they are kept, so a job leaves unstored only if the store
 * refuses that very job; one that answers with any other error, a changed password say, is asked
 * again like one that is away.
 *
 * <p>Safe for use by many threads. The thread that stores them starts with the first job that is
 * kept and ends with {@link #close}, which may be called twice.
 */
public final class PushBuffer implements PushPort, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PushBuffer.class);

  private final PushPort store;
  private final int most;
  private final Duration closeTimeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Kept> kept = new ArrayDeque<>();
  private final Map<UUID, CompletableFuture<UUID>> handles = new ConcurrentHashMap<>();
  private @Nullable Thread thread;
  private boolean closed;
  private boolean over;

  /** So many at the head are stored one by one, to find those that are refused; thread's own. */
  private int suspects;

  /** A job and who waits for it to be stored. */
  private record Kept(NewJob job, CompletableFuture<UUID> stored) {}

  /**
   * @param store throws {@link StoreUnavailable} while it is away
   * @param most jobs that are kept
   * @param closeTimeout how long {@link #close} goes on trying
   */
  public PushBuffer(PushPort store, int most, Duration closeTimeout) {
    this.store = store;
    this.most = most;
    this.closeTimeout = closeTimeout;
  }

  @Override
  public List<UUID> push(List<NewJob> jobs) {
    Limits.check(jobs);
    if (keptBehindOthers(jobs)) {
      return ids(jobs);
    }
    try {
      return store.push(jobs);
    } catch (StoreUnavailable e) {
      keep(jobs, e);
      return ids(jobs);
    }
  }

  @Override
  public @Nullable CompletableFuture<UUID> stored(UUID id) {
    return handles.remove(id);
  }

  /** Stores what is kept, as long as the timeout allows. */
  @Override
  public void close() {
    List<Kept> lost;
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      awaitEmpty();
      over = true;
      changed.signalAll();
      lost = List.copyOf(kept);
      kept.clear();
    } finally {
      lock.unlock();
    }
    handles.clear();
    if (!lost.isEmpty()) {
      StoreUnavailable loss =
          new StoreUnavailable(
              "%,d jobs of the push buffer are lost: the store did not come back within %d ms of closing"
                  .formatted(lost.size(), closeTimeout.toMillis()));
      lost.forEach(job -> job.stored.completeExceptionally(loss));
      throw loss;
    }
  }

  private void awaitEmpty() {
    long left = closeTimeout.toNanos();
    try {
      while (!kept.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean keptBehindOthers(List<NewJob> jobs) {
    lock.lock();
    try {
      if (kept.isEmpty()) {
        return false;
      }
      keep(jobs, null);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void keep(List<NewJob> jobs, @Nullable StoreUnavailable cause) {
    lock.lock();
    try {
      if (closed) {
        throw new JobyardException("Jobyard is closed; open another one to push", cause);
      }
      if (kept.size() + jobs.size() > most) {
        throw new StoreUnavailable(
            "the store is away and push-buffer holds %,d of at most %,d jobs: %,d more were not kept; push them again later, or make push-buffer larger"
                .formatted(kept.size(), most, jobs.size()),
            cause);
      }
      for (NewJob job : jobs) {
        Kept entry = new Kept(job, new CompletableFuture<>());
        kept.add(entry);
        handles.put(job.id(), entry.stored);
      }
      if (thread == null) {
        thread = Thread.ofPlatform().daemon().name("jobyard-push-buffer").start(this::storeKept);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void storeKept() {
    Patience patience = new Patience(LOG, "push, so jobs are kept in memory");
    List<Kept> batch = next(Duration.ZERO);
    while (!batch.isEmpty()) {
      Duration pause = Duration.ZERO;
      try {
        List<UUID> ids = store.push(batch.stream().map(Kept::job).toList());
        for (int i = 0; i < ids.size(); i++) {
          batch.get(i).stored.complete(ids.get(i));
        }
        removed(batch.size());
        patience.success();
      } catch (PushRefused e) {
        refused(batch, e);
      } catch (RuntimeException e) {
        patience.failure(e);
        pause = patience.delay();
      }
      batch = next(pause);
    }
  }

  private void refused(List<Kept> batch, PushRefused e) {
    if (batch.size() > 1) {
      suspects = batch.size();
      return;
    }
    Kept job = batch.getFirst();
    LOG.error(
        "a kept push of {} to queue {} is dropped, the store refuses it: {}",
        job.job.kind(),
        job.job.queue(),
        e.getMessage());
    job.stored.completeExceptionally(e);
    removed(1);
  }

  /** The next jobs after the pause; none once the buffer is closed and done with. */
  private List<Kept> next(Duration pause) {
    long left = pause.toNanos();
    lock.lock();
    try {
      while (!over && (left > 0 || (kept.isEmpty() && !closed))) {
        if (left > 0) {
          left = changed.awaitNanos(left);
        } else {
          changed.awaitNanos(TimeUnit.MINUTES.toNanos(1));
        }
      }
      return over ? List.of() : head();
    } catch (InterruptedException e) {
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private List<Kept> head() {
    List<Kept> batch = new ArrayList<>();
    int most = suspects > 0 ? 1 : PushBatch.MOST_JOBS;
    long bytes = 0;
    for (Kept job : kept) {
      bytes += job.job.payload().bytes().length;
      boolean full = batch.size() == most || bytes > PushBatch.MOST_BYTES;
      if (full && !batch.isEmpty()) {
        break;
      }
      batch.add(job);
    }
    return batch;
  }

  private void removed(int count) {
    suspects = Math.max(0, suspects - count);
    lock.lock();
    try {
      for (int i = 0; i < count && !kept.isEmpty(); i++) {
        kept.remove();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static List<UUID> ids(List<NewJob> jobs) {
    return jobs.stream().map(NewJob::id).toList();
  }
}
