package io.jobyard.store;

import io.jobyard.Failure;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The right to run a job until the session that took it ends.
 *
 * @param readyAt since when it could have run: the later of its push and its due time, by the
 *     store's clock
 * @param errors its history, oldest first; empty in phase RUN, where nobody needs it
 * @param meta as pushed
 */
public record Lease(
    Standing standing,
    String kind,
    Payload payload,
    int priority,
    Instant readyAt,
    List<Failure> errors,
    @Nullable String meta) {
  public LeaseKey key() {
    return standing.key();
  }
}
