package io.jobyard.bench;

import io.jobyard.JobyardException;
import io.jobyard.bench.Ground.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What a node's {@link Stamp}s wrote down. */
record Stamps(Path file, BenchNode node) {
  private static final Duration LOOK = Duration.ofMillis(2);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  static Stamps of(Place place, BenchNode node) {
    return new Stamps(place.folder().resolve(BenchNode.STAMPS), node);
  }

  /** When the job of this line started, as {@link System#nanoTime}; waits until it did. */
  long await(int line) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long started = 0;
    while (started == 0) {
      // Rarely enough to leave the processors to those who are measured.
      LockSupport.parkNanos(LOOK.toNanos());
      node.check();
      if (System.nanoTime() - end > 0) {
        throw new JobyardException("a job of the benchmark did not start within a minute");
      }
      started = StampFile.read(file, line);
    }
    return started;
  }
}
