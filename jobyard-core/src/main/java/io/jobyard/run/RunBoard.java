package io.jobyard.run;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What became of each run handed to a worker, in memory that dispatcher and worker share: a mapped
 * file between processes, so that it outlives the worker and needs no message to be true.
 *
 * <p>A run is HANDED by the dispatcher. From there exactly one of two happens, by compare-and-set:
 * the worker makes it STARTED, or the dispatcher takes it back (RECALLED). When the worker dies,
 * the board says which job ran, which had ended and which was never begun.
 *
 * <p>A slot is two longs: (ticket, mark) and the {@link System#nanoTime} of the start, which
 * processes of one machine share. The dispatcher reuses a slot only once its run is over.
 */
public final class RunBoard {
  /** Runs that may be in a worker's hand at once. */
  public static final int SLOTS = 1024;

  /** Size of the memory. */
  public static final int BYTES = SLOTS * 16;

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ByteBuffer memory;

  /** What a slot says of its run. */
  public enum Mark {
    NONE,
    HANDED,
    STARTED,
    /** Waits for another job, its slot lent. */
    WAITING,
    /** Ended well, without a value. */
    SUCCEEDED,
    /** Ended some other way; the outcome says how. */
    ENDED,
    RECALLED;

    private static final Mark[] ALL = values();
  }

  /**
   * @param memory at least {@link #BYTES} of direct memory, zeroed for a new worker
   */
  public RunBoard(ByteBuffer memory) {
    if (!memory.isDirect() || memory.capacity() < BYTES) {
      throw new IllegalArgumentException("a run board needs " + BYTES + " bytes of direct memory");
    }
    this.memory = memory;
  }

  /** A board within one process. */
  public static RunBoard local() {
    return new RunBoard(ByteBuffer.allocateDirect(BYTES));
  }

  /** Dispatcher: the run is about to be handed over. */
  public void hand(int ticket) {
    LONGS.setRelease(memory, at(ticket), word(ticket, Mark.HANDED));
  }

  /** Dispatcher: takes a run back. False if it was started (or is not here). */
  public boolean recall(int ticket) {
    return LONGS.compareAndSet(
        memory, at(ticket), word(ticket, Mark.HANDED), word(ticket, Mark.RECALLED));
  }

  /** Worker: begins a run. False if it was recalled, and must not be run. */
  public boolean start(int ticket, long nanoTime) {
    LONGS.setRelease(memory, at(ticket) + 8, nanoTime);
    return LONGS.compareAndSet(
        memory, at(ticket), word(ticket, Mark.HANDED), word(ticket, Mark.STARTED));
  }

  /** Worker: the run's mark from now on. */
  public void mark(int ticket, Mark mark) {
    LONGS.setRelease(memory, at(ticket), word(ticket, mark));
  }

  /** The run's mark; NONE if the slot is another's. */
  public Mark mark(int ticket) {
    long word = (long) LONGS.getAcquire(memory, at(ticket));
    return (int) (word >>> 8) == ticket ? Mark.ALL[(int) (word & 0xff)] : Mark.NONE;
  }

  /** When the run was started, as {@link System#nanoTime}; meaningless before. */
  public long startedAt(int ticket) {
    return (long) LONGS.getAcquire(memory, at(ticket) + 8);
  }

  private static int at(int ticket) {
    return (ticket & (SLOTS - 1)) * 16;
  }

  @SuppressWarnings("EnumOrdinal") // both sides of the board run the same frame version
  private static long word(int ticket, Mark mark) {
    return (ticket & 0xffffffffL) << 8 | mark.ordinal();
  }
}
