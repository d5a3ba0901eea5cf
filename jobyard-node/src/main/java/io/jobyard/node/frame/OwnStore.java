package io.jobyard.node.frame;

import io.jobyard.config.Pool;
import io.jobyard.store.StoreOptions;
import java.time.Duration;

/**
 * What a worker must know to take jobs from the store itself.
 *
 * @param url the store's, with its password
 * @param lease how long a session lives without a beat
 * @param statsTtl how long numbers for charts are kept
 */
public record OwnStore(
    String url, StoreOptions options, Duration lease, Duration statsTtl, Pool pool) {}
