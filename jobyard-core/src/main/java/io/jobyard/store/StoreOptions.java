package io.jobyard.store;

import io.jobyard.JobyardException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to open a store.
 *
 * @param base relative files are below this folder
 * @param migrate whether to bring an older schema up to date when opening
 * @param pushTimeout how long a push may take before {@link io.jobyard.StoreUnavailable}
 * @param env the environment this process belongs to, such as {@code production}; a store remembers
 *     the first that {@code claims} it and refuses others. Null asks for no check and sets nothing
 * @param shards how many parts a queue is split in, where a store can, from 1 to {@link
 *     #MOST_SHARDS}; a queue that is not named has one
 * @param claims whether a store that has no environment yet gets this one; else it is only checked
 */
public record StoreOptions(
    Path base,
    boolean migrate,
    Duration pushTimeout,
    @Nullable String env,
    Map<String, Integer> shards,
    boolean claims) {
  /** More than any Cluster has masters; a store writes a shard with two digits. */
  public static final int MOST_SHARDS = 100;

  public StoreOptions {
    shards = Map.copyOf(shards);
    shards.forEach((queue, parts) -> {
      if (parts < 1 || parts > MOST_SHARDS) {
        throw new JobyardException(
            "queues.%s.shards must be from 1 to %d, got %d".formatted(queue, MOST_SHARDS, parts));
      }
    });
  }

  /** For who works with the store. */
  public StoreOptions(
      Path base,
      boolean migrate,
      Duration pushTimeout,
      @Nullable String env,
      Map<String, Integer> shards) {
    this(base, migrate, pushTimeout, env, shards, true);
  }

  public StoreOptions(Path base, boolean migrate, Duration pushTimeout) {
    this(base, migrate, pushTimeout, null, Map.of());
  }

  /** The same for who only looks: another environment's store refuses, one of none stays so. */
  public StoreOptions looking() {
    return new StoreOptions(base, migrate, pushTimeout, env, shards, false);
  }

  public static StoreOptions defaults() {
    return new StoreOptions(Path.of(""), true, Duration.ofSeconds(5));
  }
}
