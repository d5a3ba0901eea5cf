package io.jobyard.run;

import io.jobyard.store.LeaseKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of each run handed to a worker, in memory that dispatcher and worker share: a mapped
 * file between processes, so that it outlives the worker and needs no message to be true.
 *
 * <p>A run is HANDED by the dispatcher. From there exactly one of two happens, by compare-and-set:
 * the worker makes it STARTED, or the dispatcher takes it back (RECALLED). When the worker dies,
 * the board says which job ran, which had ended and which was never begun.
 *
 * <p>A slot is eight longs: (ticket, mark), the {@link System#nanoTime} of its last change up to
 * the start, which processes of one machine share, the run's lease key and its timeout. The
 * dispatcher reuses a slot only once its run is over.
 */
public final class RunBoard {
  /** Runs that may be in a worker's hand at once. */
  public static final int SLOTS = 1024;

  /** Size of the memory. */
  public static final int BYTES = SLOTS * 64;

  // Fields of a slot, after the first.
  private static final int SINCE = 1;
  private static final int KEY = 2;
  private static final int TIMEOUT = 7;

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

  /**
   * A run as the board has it.
   *
   * @param since when it was started, else handed over, as {@link System#nanoTime}
   * @param timeout zero is no limit
   */
  public record Entry(int ticket, Mark mark, LeaseKey key, long since, Duration timeout) {
    /** Whether it is not over. */
    public boolean open() {
      return mark == Mark.HANDED || runs();
    }

    /** Whether it was started and is not over. */
    public boolean runs() {
      return mark == Mark.STARTED || mark == Mark.WAITING;
    }
  }

  /** Dispatcher: the run is about to be handed over. */
  public void hand(Assignment run, long nanoTime) {
    int at = at(run.ticket());
    // Whoever reads the rest between these two marks sees that it is being changed.
    LONGS.setOpaque(memory, at, word(run.ticket(), Mark.NONE));
    VarHandle.releaseFence();
    LeaseKey key = run.lease().key();
    put(at, SINCE, nanoTime);
    put(at, KEY, key.id().getMostSignificantBits());
    put(at, KEY + 1, key.id().getLeastSignificantBits());
    put(at, KEY + 2, key.seq());
    put(at, KEY + 3, key.fence());
    put(at, KEY + 4, key.token());
    put(at, TIMEOUT, run.timeout().toNanos());
    LONGS.setRelease(memory, at, word(run.ticket(), Mark.HANDED));
  }

  /** Dispatcher: takes a run back. False if it was started (or is not here). */
  public boolean recall(int ticket) {
    return LONGS.compareAndSet(
        memory, at(ticket), word(ticket, Mark.HANDED), word(ticket, Mark.RECALLED));
  }

  /** Worker: begins a run. False if it was recalled, and must not be run. */
  public boolean start(int ticket, long nanoTime) {
    put(at(ticket), SINCE, nanoTime);
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

  /** When the run was started, as {@link System#nanoTime}; before that, when it was handed over. */
  public long startedAt(int ticket) {
    return get(at(ticket), SINCE);
  }

  /** Whose run it is; null if the slot is another's. */
  public @Nullable LeaseKey key(int ticket) {
    Entry entry = entry(ticket & (SLOTS - 1));
    return entry != null && entry.ticket == ticket ? entry.key : null;
  }

  /** All that it says, also of runs that are over and whose slot was not needed since. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (int slot = 0; slot < SLOTS; slot++) {
      Entry entry = entry(slot);
      if (entry != null) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /** The runs that were started and are not over, the oldest first. */
  public List<Entry> running() {
    return entries().stream()
        .filter(Entry::runs)
        .sorted((a, b) -> Long.signum(a.since - b.since))
        .toList();
  }

  /** Whether a run is not over. */
  public boolean busy() {
    for (int slot = 0; slot < SLOTS; slot++) {
      switch (Mark.ALL[(int) ((long) LONGS.getAcquire(memory, at(slot)) & 0xff)]) {
        case HANDED, STARTED, WAITING -> {
          return true;
        }
        case NONE, SUCCEEDED, ENDED, RECALLED -> {}
      }
    }
    return false;
  }

  private @Nullable Entry entry(int slot) {
    int at = at(slot);
    while (true) {
      long word = (long) LONGS.getAcquire(memory, at);
      Mark mark = Mark.ALL[(int) (word & 0xff)];
      if (mark == Mark.NONE) {
        return null;
      }
      var key =
          new LeaseKey(
              new UUID(get(at, KEY), get(at, KEY + 1)),
              get(at, KEY + 2),
              get(at, KEY + 3),
              get(at, KEY + 4));
      Duration timeout = Duration.ofNanos(get(at, TIMEOUT));
      var entry = new Entry((int) (word >>> 8), mark, key, get(at, SINCE), timeout);
      VarHandle.acquireFence();
      if ((long) LONGS.getOpaque(memory, at) >>> 8 == word >>> 8) {
        return entry;
      }
    }
  }

  private void put(int at, int field, long value) {
    LONGS.setOpaque(memory, at + field * 8, value);
  }

  private long get(int at, int field) {
    return (long) LONGS.getOpaque(memory, at + field * 8);
  }

  private static int at(int ticket) {
    return (ticket & (SLOTS - 1)) * 64;
  }

  @SuppressWarnings("EnumOrdinal") // both sides of the board run the same frame version
  private static long word(int ticket, Mark mark) {
    return (ticket & 0xffffffffL) << 8 | mark.ordinal();
  }
}
