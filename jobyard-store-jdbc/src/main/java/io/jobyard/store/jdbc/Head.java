package io.jobyard.store.jdbc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the living begin in one queue's line. Rows that were leased or ended stay in the index
 * until the server cleans up, and while any transaction is open it may not: then every lease would
 * walk over all the dead at the head of the line. So whoever leases remembers how far it came and
 * begins there.
 *
 * <p>What comes to be behind that place, such as a job that was given back, one of a higher
 * priority, or one whose transaction committed late, is found because a lease begins at the start
 * again every {@link #FROM_START}, and at once where this store object knows of it. Whoever was not
 * given all that he asked for is told when that is ({@link #untilStart}), or he would sleep over
 * it. Nothing is remembered where few jobs are leased, for then few are dead.
 *
 * <p>Safe for any thread.
 */
public final class Head {
  /** Under the second within which everything must be found. */
  public static final Duration FROM_START = Duration.ofMillis(700);

  /** So many leased in so short a time leave enough dead behind. */
  private static final int MANY = 1_000;

  private static final long WINDOW = Duration.ofSeconds(60).toNanos();

  private static final Place START = new Place(Integer.MIN_VALUE, 0);

  private Place begin = START;
  private long due;
  private long fromStartAt;
  private long windowAt;
  private int leased;
  private int leasedBefore;

  /** A place in the line; jobs stand behind it. */
  public record Place(int priority, long seq) {
    boolean behind(Place other) {
      return priority != other.priority ? priority > other.priority : seq > other.seq;
    }
  }

  /**
   * Where a lease begins.
   *
   * @param due scheduled jobs are looked for from this moment on
   */
  public record Begin(Place place, long due) {
    public boolean start() {
      return place.equals(START);
    }
  }

  /** Where a lease is to begin now. */
  public synchronized Begin begin(long nanos) {
    if (nanos - windowAt > WINDOW / 2) {
      boolean recent = nanos - windowAt <= WINDOW;
      leasedBefore = recent ? leased : 0;
      leased = 0;
      windowAt = nanos;
    }
    boolean worthIt = leased + leasedBefore >= MANY;
    if (!worthIt || nanos - fromStartAt >= FROM_START.toNanos()) {
      begin = START;
      due = 0;
      fromStartAt = nanos;
    }
    return new Begin(begin, due);
  }

  /**
   * How long until a lease begins at the start again, if this one did not; null if it did. However
   * many ask, the dead are walked over no more often than that.
   */
  public synchronized @Nullable Duration untilStart(Begin from, long nanos) {
    if (from.start() && from.due == 0) {
      return null;
    }
    return Duration.ofNanos(Math.max(0, FROM_START.toNanos() - (nanos - fromStartAt)));
  }

  /**
   * Jobs up to this place were leased by a lease that passed nobody over.
   *
   * @param now by the server's clock: nothing scheduled is due before
   */
  public synchronized void passed(Begin from, Place last, int count, long now) {
    leased += count;
    // If it was called back meanwhile, what that was for is still ahead.
    if (begin.equals(from.place) && last.behind(begin)) {
      begin = last;
    }
    if (due == from.due) {
      due = Math.max(due, now);
    }
  }

  /** A job of this priority was pushed. */
  public synchronized void pushed(int priority) {
    if (priority < begin.priority) {
      begin = START;
    }
  }

  /** There is something living at the start, or may be. */
  public synchronized void callBack() {
    begin = START;
    due = 0;
  }
}
