package io.jobyard.node.process;

import io.jobyard.node.frame.WorkerSettings;
import java.util.function.LongSupplier;

/**
 * What every worker of a queue is told.
 *
 * @param leasesUntil when a worker must have stopped all runs unless it is told a later moment, as
 *     {@link System#nanoTime}; 0 before the first
 * @param live what running jobs say of themselves goes here
 */
record Orders(WorkerSettings settings, LongSupplier leasesUntil, LiveRuns live) {
  /** The same for the worker at this place. */
  Orders at(Place place) {
    return new Orders(settings.at(place.slot()), leasesUntil, live);
  }
}
