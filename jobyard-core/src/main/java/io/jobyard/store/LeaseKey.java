package io.jobyard.store;

import java.util.UUID;

/**
 * The proof of a lease. All four must match the stored job, or whoever shows it has lost it.
 *
 * @param seq the store's own number of the job
 * @param fence grows with every lease of the job
 * @param token drawn at random for this lease, so that a lease the store forgot cannot be taken for
 *     the next one
 */
public record LeaseKey(UUID id, long seq, long fence, long token) {}
