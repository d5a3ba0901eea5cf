package io.jobyard;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One error of a job's history.
 *
 * @param className the throwable's class; empty where there was none
 * @param message one sentence; never null, may be empty
 * @param stack the stack trace, bounded; empty where there is none
 * @param at when it was noticed, by the clock of the node
 * @param node the node's name
 * @param workerPid the process that ran the job; 0 where it is not known
 * @param threadDump where the job stood when it was stopped; null unless it was stopped
 */
public record Failure(
    FailureType type,
    String className,
    String message,
    String stack,
    Instant at,
    String node,
    long workerPid,
    @Nullable String threadDump) {}
