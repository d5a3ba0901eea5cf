package io.jobyard.store.contract;

import io.jobyard.store.JobStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One empty store for one test, and command of its time. Made before the test, closed after it.
 * Everything it opens sees the same jobs.
 */
public interface StoreHarness extends AutoCloseable {
  /** Opens the store once more, as another process or node would. The harness closes it. */
  default JobStore open() {
    return open(null);
  }

  /** As {@link #open()}, by a process that belongs to an environment; null is one of none. */
  JobStore open(@Nullable String env);

  /** As {@link #open(String)}, by a process that only looks. */
  JobStore look(String env);

  /**
   * Makes the store's time go on, wall clock and monotonic clock alike: by a clock of the test, or
   * by waiting where the time is a server's.
   */
  void pass(Duration time);

  /**
   * Moves only the wall clock of every open store.
   *
   * @return false where the time is not the test's to set; nothing was done
   */
  default boolean jump(Duration by) {
    return false;
  }

  /** Whether time goes on only by {@link #pass}, so that every delay can be told exactly. */
  default boolean exact() {
    return false;
  }

  /**
   * The span the tests count in: long enough for the store to tell it from nothing, and for a few
   * calls to fit in; short where {@link #pass} really waits. Whole milliseconds.
   */
  default Duration unit() {
    return Duration.ofSeconds(1);
  }

  /** Closes every store it opened and removes the data. */
  @Override
  void close();
}
