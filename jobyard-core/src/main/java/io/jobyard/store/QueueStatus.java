package io.jobyard.store;

import org.jspecify.annotations.Nullable;

/**
 * A queue's counts. A job is in exactly one of the seven; their sum is what was ever pushed.
 *
 * @param consumers living sessions that serve it
 * @param forgotten removed by an operator before or after they ended
 * @param oldestReadyMs how long the oldest READY job has waited; null where none waits
 */
public record QueueStatus(
    String queue,
    boolean paused,
    int consumers,
    long ready,
    long scheduled,
    long running,
    long succeeded,
    long failed,
    long cancelled,
    long forgotten,
    @Nullable Long oldestReadyMs) {}
