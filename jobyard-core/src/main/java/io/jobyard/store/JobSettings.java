package io.jobyard.store;

import io.jobyard.Backoff;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a push or a class decided for its job; null means the queue's. A zero timeout is no limit.
 */
public record JobSettings(
    @Nullable Integer retries,
    @Nullable Backoff backoff,
    @Nullable Duration timeout,
    @Nullable Boolean retryTimeouts) {
  public static final JobSettings NONE = new JobSettings(null, null, null, null);

  /** Whether nothing was decided. */
  public boolean isEmpty() {
    // Not by equals: a worker asks at its start, and the JVM would link a record's equals first.
    return retries == null && backoff == null && timeout == null && retryTimeouts == null;
  }

  /** These settings, with the other's where these say nothing. */
  public JobSettings orElse(JobSettings other) {
    if (other.isEmpty()) {
      return this;
    }
    return new JobSettings(
        retries != null ? retries : other.retries,
        backoff != null ? backoff : other.backoff,
        timeout != null ? timeout : other.timeout,
        retryTimeouts != null ? retryTimeouts : other.retryTimeouts);
  }
}
