package io.jobyard.run;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;

/**
 * How to wait for a store that went away: with growing, jittered pauses and one log line a change,
 * not one a try. For one thread.
 */
final class Patience {
  private static final long FIRST_MS = 50;
  private static final long LONGEST_MS = 5_000;

  private final Logger log;
  private final String purpose;
  private int failures;

  Patience(Logger log, String purpose) {
    this.log = log;
    this.purpose = purpose;
  }

  void failure(RuntimeException e) {
    if (failures++ == 0) {
      log.warn("cannot {}, trying again until it works: {}", purpose, e.getMessage());
    } else {
      log.debug("still cannot {}: {}", purpose, e.getMessage());
    }
  }

  void success() {
    if (failures > 0) {
      log.info("can {} again, after {} failed tries", purpose, failures);
      failures = 0;
    }
  }

  /** How long to wait before the next try. */
  Duration delay() {
    long most = Math.min(LONGEST_MS, FIRST_MS << Math.min(failures, 16));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
  }
}
