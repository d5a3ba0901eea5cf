package io.jobyard.store;

/**
 * A node's (or worker's) standing with the store. Its leases live as long as it beats.
 *
 * @param number the store's; never used again
 * @param node the node's name
 */
public record Session(long number, String node) {}
