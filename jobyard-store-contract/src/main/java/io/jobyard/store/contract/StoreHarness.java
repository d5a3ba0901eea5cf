package io.jobyard.store.contract;

import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One empty store for one test, and command of its time. Made before the test, closed after it.
 * Everything it opens sees the same jobs.
 */
public interface StoreHarness extends AutoCloseable {
  /** Opens the store once more, as another process or node would. The harness closes it. */
  default JobStore open() {
    return open(options(null));
  }

  /** As {@link #open()}, by a process that belongs to an environment. */
  default JobStore open(String env) {
    return open(options(env));
  }

  /** As {@link #open(String)}, by a process that only looks. */
  default JobStore look(String env) {
    return open(options(env).looking());
  }

  /** As {@link #open()}, in the caller's way. */
  JobStore open(StoreOptions options);

  private StoreOptions options(@Nullable String env) {
    return new StoreOptions(Path.of(""), true, pushTimeout(), env, Map.of());
  }

  /** How long a push may take in the stores that are opened. */
  default Duration pushTimeout() {
    return StoreOptions.defaults().pushTimeout();
  }

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
