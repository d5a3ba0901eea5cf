package io.jobyard.store.sqlite;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Three numbers that every process on a database sees in memory: how many flushes of the log were
 * started, which was the last that completed, and when somebody last found the write lock taken.
 *
 * <p>A flush that started after a commit covers it, whoever ran it. These two numbers only ever
 * grow; whoever dies in a flush leaves {@code completed} behind, which costs the next one a flush.
 *
 * <p>SQLite's write lock has no line, and a process that writes again and again leaves others gaps
 * of microseconds. So who waits says so here, and who has just written lets it go first. Safe for
 * any thread.
 */
final class SharedPage implements AutoCloseable {
  private static final VarHandle NUMBERS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final int STARTED = 0;
  private static final int COMPLETED = 8;
  private static final int WAITING = 16;
  private static final int SIZE = 24;

  /** Who waits says so again sooner than this; nanoseconds. */
  private static final long WAITING_HOLDS = 1_000_000;

  private final FileChannel channel;
  private final MappedByteBuffer memory;

  private SharedPage(FileChannel channel, MappedByteBuffer memory) {
    this.channel = channel;
    this.memory = memory;
  }

  static SharedPage open(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (channel.size() < SIZE) {
        // Written rather than left to the mapping: on a full disk that would end the process.
        int missing = SIZE - (int) channel.size();
        channel.write(ByteBuffer.allocate(missing), channel.size());
      }
      SharedPage numbers =
          new SharedPage(channel, channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE));
      // A damaged file must not promise flushes that never were.
      numbers.raise(STARTED, numbers.completed());
      return numbers;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  long started() {
    return (long) NUMBERS.getVolatile(memory, STARTED);
  }

  long completed() {
    return (long) NUMBERS.getVolatile(memory, COMPLETED);
  }

  /** Counts a flush that starts now; returns its number. */
  long start() {
    return (long) NUMBERS.getAndAdd(memory, STARTED, 1L) + 1;
  }

  /** Tells that the flush of this number, and with it every one before, is done. */
  void complete(long number) {
    raise(COMPLETED, number);
  }

  /** Tells that the write lock is wanted; returns what to give {@link #served}. */
  long want() {
    long stamp = System.nanoTime();
    NUMBERS.setVolatile(memory, WAITING, stamp);
    return stamp;
  }

  /** Takes back what was told, unless others want the lock as well. */
  void served(long stamp) {
    NUMBERS.compareAndSet(memory, WAITING, stamp, 0L);
  }

  /** Whether another process wants the write lock. The clock is one for the whole machine. */
  boolean wanted() {
    long stamp = (long) NUMBERS.getVolatile(memory, WAITING);
    long age = System.nanoTime() - stamp;
    return stamp != 0 && age >= 0 && age < WAITING_HOLDS;
  }

  /**
   * The right to flush, so that others wait and share. It is a courtesy: two flushes at once do no
   * harm.
   *
   * @return null if another has it
   */
  @Nullable FileLock tryLock() throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another store object of this very process.
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void raise(int which, long number) {
    long current = (long) NUMBERS.getVolatile(memory, which);
    while (current < number && !NUMBERS.compareAndSet(memory, which, current, number)) {
      current = (long) NUMBERS.getVolatile(memory, which);
    }
  }
}
