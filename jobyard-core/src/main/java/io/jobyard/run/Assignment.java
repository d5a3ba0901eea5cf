package io.jobyard.run;

import io.jobyard.store.Lease;
import java.time.Duration;

/**
 * A leased job, handed to a worker.
 *
 * @param ticket names the run between dispatcher and worker, and its place on the {@link RunBoard}
 * @param timeout of this run; zero is no limit
 * @param lastAttempt whether a failure would be final
 */
public record Assignment(int ticket, Lease lease, Duration timeout, boolean lastAttempt) {}
