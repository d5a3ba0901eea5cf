package io.jobyard.store.sqlite;

import io.jobyard.StoreUnavailable;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes commits durable. With {@code synchronous=NORMAL} SQLite writes a commit to the end of the
 * {@code -wal} file and leaves it to the system when that reaches the disk; recovery takes the
 * unbroken beginning of that file. So once the file is flushed, every commit before is safe, and
 * one flush serves all who wait, of all threads and processes. The write lock is not held
 * meanwhile.
 *
 * <p>The rule: whoever committed reads the number of flushes started, and waits until one with a
 * higher number has completed. What a checkpoint has moved to the database in between was flushed
 * there by SQLite before it gave up the log.
 *
 * <p>Flushes run on a thread of their own, because an interrupt, which pushers may suffer, would
 * close the file. Safe for any thread; closing it twice is harmless.
 */
final class WalFlush implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WalFlush.class);

  /** How long to wait for another process's flush: it may be frozen in the middle of it. */
  private static final long COURTESY = Duration.ofMillis(20).toNanos();

  private static final long COURTESY_PAUSE = Duration.ofNanos(100_000).toNanos();

  /** How long pushers that have begun are waited for, so that they share the flush. */
  private static final long GATHER = Duration.ofNanos(300_000).toNanos();

  private final SqliteFile file;
  private final SharedPage numbers;
  private final Disk disk;
  private final long patience;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition asked = lock.newCondition();
  private final Condition flushed = lock.newCondition();

  /** Guarded by the lock, like all below: the highest number that somebody waits for. */
  private long wanted;

  private int coming;
  private @Nullable IOException failure;
  private long failedUpTo;
  private boolean closed;

  /**
   * Takes over the disk.
   *
   * @param patience how long to wait for a flush
   */
  WalFlush(SqliteFile file, SharedPage numbers, Disk disk, Duration patience) {
    this.file = file;
    this.numbers = numbers;
    this.disk = disk;
    this.patience = patience.toNanos();
    this.wanted = numbers.completed();
    this.thread = Thread.ofPlatform().daemon().name("jobyard-flush").start(this::run);
  }

  /** Announces a commit that will want a flush; the pass must be closed in any case. */
  Pass announce() {
    lock.lock();
    try {
      coming++;
    } finally {
      lock.unlock();
    }
    return new Pass(true);
  }

  /** Announces a commit that may turn out to want a flush. */
  Pass announceIf(boolean likely) {
    return likely ? announce() : new Pass(false);
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      asked.signalAll();
      flushed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    disk.close();
  }

  private void run() {
    while (gather()) {
      FileLock right = right();
      try {
        if (numbers.completed() < wanted()) {
          flush(numbers.start());
        }
      } finally {
        release(right);
      }
      lock.lock();
      try {
        flushed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Waits until a flush is wanted, then a little for those who are about to want it as well. */
  private boolean gather() {
    lock.lock();
    try {
      while (!closed && wanted <= Math.max(numbers.completed(), failedUpTo)) {
        asked.awaitUninterruptibly();
      }
      Uninterrupted.await(asked, () -> closed || coming == 0, System.nanoTime() + GATHER);
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void flush(long number) {
    try {
      disk.force();
      numbers.complete(number);
    } catch (IOException e) {
      LOG.warn("{}: the log could not be flushed to disk: {}", file, e.toString());
      lock.lock();
      try {
        failure = e;
        failedUpTo = number;
      } finally {
        lock.unlock();
      }
    }
  }

  private @Nullable FileLock right() {
    long deadline = System.nanoTime() + COURTESY;
    try {
      FileLock right = numbers.tryLock();
      while (right == null && System.nanoTime() - deadline < 0) {
        Uninterrupted.pause(COURTESY_PAUSE);
        right = numbers.tryLock();
      }
      return right;
    } catch (IOException e) {
      LOG.debug("{}: flushing without the lock: {}", file, e.toString());
      return null;
    }
  }

  private void release(@Nullable FileLock right) {
    try {
      if (right != null) {
        right.release();
      }
    } catch (IOException e) {
      LOG.debug("{}: the flush lock was gone already: {}", file, e.toString());
    }
  }

  private long wanted() {
    lock.lock();
    try {
      return wanted;
    } finally {
      lock.unlock();
    }
  }

  /** One thread's way from before its commit to its flush. */
  final class Pass implements AutoCloseable {
    private boolean announced;
    private long needed;

    private Pass(boolean announced) {
      this.announced = announced;
    }

    /** Tells that the commit is done, so that the flush may begin; another thread may tell it. */
    void committed() {
      lock.lock();
      try {
        needed = numbers.started() + 1;
        arrive();
        wanted = Math.max(wanted, needed);
        asked.signal();
      } finally {
        lock.unlock();
      }
    }

    /** Returns when all that was committed before {@link #committed} is on disk. */
    void await() {
      long deadline = System.nanoTime() + patience;
      lock.lock();
      try {
        Uninterrupted.await(flushed, this::settled, deadline);
        if (numbers.completed() < needed) {
          throw failedUpTo >= needed
              ? unknown("the disk refused it (" + failure + ")", failure)
              : unknown(closed ? "the store was closed" : "the disk took too long", null);
        }
      } finally {
        lock.unlock();
      }
    }

    /** Returns when all that was committed before this call is on disk. */
    void flush() {
      committed();
      await();
    }

    /** Gives the announcement back where there was nothing to flush. */
    @Override
    public void close() {
      if (!announced) {
        return;
      }
      lock.lock();
      try {
        arrive();
        asked.signal();
      } finally {
        lock.unlock();
      }
    }

    private boolean settled() {
      return closed || numbers.completed() >= needed || failedUpTo >= needed;
    }

    private void arrive() {
      if (announced) {
        announced = false;
        coming--;
      }
    }

    private StoreUnavailable unknown(String why, @Nullable Throwable cause) {
      return new StoreUnavailable(
          file
              + ": written, but it is not known whether it would survive a power cut: "
              + why
              + "; push again with the same id to be sure",
          cause);
    }
  }

  /** What is flushed. */
  interface Disk extends AutoCloseable {
    /** Returns when all that was written to the file before is on disk. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
  }
}
