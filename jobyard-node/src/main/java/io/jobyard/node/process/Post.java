package io.jobyard.node.process;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A place that is to be filled, and how that has gone so far. Touched by its queue's own thread
 * only.
 */
final class Post {
  final Place place;

  /** Who fills it; one that is tried out, or leaves, fills none. */
  @Nullable WorkerProcess holder;

  /** Who comes up to take over from the holder. */
  @Nullable WorkerProcess successor;

  private int failures;
  private final Deaths deaths = new Deaths();
  private int replacements;
  private @Nullable String lastReason;
  private @Nullable String decision;
  private boolean closed;

  /**
   * What went before.
   *
   * @param replacements how many workers the post had before
   * @param reason why the last of them was replaced; null if there was none
   */
  record History(int replacements, @Nullable String reason) {}

  Post(Place place) {
    this.place = place;
  }

  /** It is not needed any more, and nobody is to fill it. */
  void close() {
    closed = true;
  }

  boolean closed() {
    return closed;
  }

  /** Its worker was told to go; that is why it will be gone, whatever its process says. */
  void givenUp(String why) {
    decision = why;
  }

  /** Its worker leaves, or is gone. */
  void vacated(String why) {
    replacements++;
    lastReason = decision == null ? why : decision;
    decision = null;
  }

  History history() {
    return new History(replacements, lastReason);
  }

  /** Its worker did not come up. */
  void failed() {
    failures++;
  }

  /** Its worker came up and left again. */
  void worked(boolean finishedSomething) {
    failures = 0;
    deaths.after(finishedSomething);
  }

  /** Its worker was ended by somebody: a pause, but no growing one. */
  void disturbed() {
    failures = 0;
  }

  /** Whether its workers die faster than they finish anything. */
  boolean dying() {
    return deaths.tooMany();
  }

  /** How long the next one has to wait. */
  Duration pause(Backing backing) {
    return backing.delay(Math.max(failures, deaths.excess()));
  }
}
