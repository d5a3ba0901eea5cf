package io.jobyard.node.process;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A place that is to be filled, and how that has gone so far. Touched by its queue's own thread
 * only.
 */
final class Post {
  /** So many may die in a row, having finished nothing, before the next has to wait. */
  private static final int PATIENCE = 3;

  final Place place;

  /** Who fills it; one that is tried out, or leaves, fills none. */
  @Nullable WorkerProcess holder;

  private int failures;
  private int deaths;

  Post(Place place) {
    this.place = place;
  }

  /** Its worker did not come up. */
  void failed() {
    failures++;
  }

  /** Its worker came up and left again. */
  void worked(boolean finishedSomething) {
    failures = 0;
    deaths = finishedSomething ? 0 : deaths + 1;
  }

  /** Its worker was ended by somebody: a pause, but no growing one. */
  void disturbed() {
    failures = 0;
  }

  /** Whether its workers die faster than they finish anything. */
  boolean dying() {
    return deaths > PATIENCE;
  }

  /** How long the next one has to wait. */
  Duration pause(Backing backing) {
    return backing.delay(Math.max(failures, deaths - PATIENCE));
  }
}
