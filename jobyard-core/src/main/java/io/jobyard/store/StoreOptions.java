package io.jobyard.store;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How to open a store.
 *
 * @param base relative files are below this folder
 * @param migrate whether to bring an older schema up to date when opening
 * @param pushTimeout how long a push may take before {@link io.jobyard.StoreUnavailable}
 */
public record StoreOptions(Path base, boolean migrate, Duration pushTimeout) {
  public static StoreOptions defaults() {
    return new StoreOptions(Path.of(""), true, Duration.ofSeconds(5));
  }
}
