package io.jobyard.store;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link LeaseRequest}.
 *
 * @param nextDue how long until the queue's next SCHEDULED job is due, by the store's clock, or
 *     until it is worth asking again, where a store that leases many has not looked everywhere;
 *     null where there is neither, or where the request was filled
 */
public record Leased(List<Lease> leases, @Nullable Duration nextDue) {}
