package io.jobyard.faktory;

import io.jobyard.store.NewJob;
import org.jspecify.annotations.Nullable;

/**
 * A job as a client pushed it, or why it cannot be.
 *
 * @param jid empty where it has none
 * @param job null where there is a flaw
 * @param flaw null where there is none
 */
record PushedJob(String jid, @Nullable NewJob job, @Nullable String flaw) {}
