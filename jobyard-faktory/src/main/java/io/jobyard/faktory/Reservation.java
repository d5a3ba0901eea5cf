package io.jobyard.faktory;

import io.jobyard.store.Lease;

/**
 * A job that a worker holds.
 *
 * @param jid by which the worker speaks of it
 * @param worker who holds it
 * @param until when it must have said what came of it, as {@link System#nanoTime}
 */
record Reservation(String jid, Lease lease, FaktoryWorker worker, long until) {}
