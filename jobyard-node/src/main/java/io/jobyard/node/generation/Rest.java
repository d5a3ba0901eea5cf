package io.jobyard.node.generation;

import java.time.Duration;

/**
 * Decides when changed files have come to rest, so that ten changes in a second are one, and a jar
 * that is still being written is not taken. For one thread; times are {@link System#nanoTime}.
 */
final class Rest {
  private final long quiet;
  private final long patience;
  private Fingerprint known;
  private Fingerprint seen;
  private long seenAt;
  private long unrestAt;

  /**
   * @param known what is taken already
   * @param quiet how long nothing may change
   * @param patience after so long of changes the files are taken as they are
   */
  Rest(Fingerprint known, Duration quiet, Duration patience) {
    this.known = known;
    this.seen = known;
    this.quiet = quiet.toNanos();
    this.patience = patience.toNanos();
  }

  /** These files are taken, or were found to be no good: only another change counts. */
  void taken(Fingerprint files) {
    known = files;
    seen = files;
  }

  /** Whether to take the files as they are now. */
  boolean settled(Fingerprint now, long at) {
    if (now.equals(known)) {
      seen = known; // changed back
      return false;
    }
    if (!now.equals(seen)) {
      if (seen.equals(known)) {
        unrestAt = at;
      }
      seen = now;
      seenAt = at;
    }
    return at - seenAt >= quiet || at - unrestAt >= patience;
  }
}
