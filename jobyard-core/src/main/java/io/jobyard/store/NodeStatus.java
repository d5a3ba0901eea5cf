package io.jobyard.store;

import java.time.Instant;
import java.util.Set;

/** A session as others see it. */
public record NodeStatus(
    long session, String node, long pid, Set<String> queues, Instant joinedAt, Instant beatAt) {}
