package io.jobyard.store;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link LeaseRequest}.
 *
 * @param nextDue how long until the queue's next SCHEDULED job is due, by the store's clock; null
 *     where there is none, or where the request was filled
 */
public record Leased(List<Lease> leases, @Nullable Duration nextDue) {}
