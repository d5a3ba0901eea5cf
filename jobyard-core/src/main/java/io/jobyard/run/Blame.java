package io.jobyard.run;

import io.jobyard.FailureType;

/**
 * Why a worker died of itself.
 *
 * @param type crash, killed or out-of-memory
 * @param message one sentence: exit code or signal, and what is known of it
 * @param output the last lines the process wrote; may be empty
 * @param pid the process
 */
public record Blame(FailureType type, String message, String output, long pid) {}
