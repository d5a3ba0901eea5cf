package io.jobyard.cli.demo;

import io.jobyard.JobHandle;
import io.jobyard.JobyardException;
import io.jobyard.Pusher;
import io.jobyard.cli.demo.jobs.Pulse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Measures how soon jobs start while all the rest goes on: pushes a job every so often to a queue
 * of their own, and compares when it was pushed, the flush to disk included, with when it says it
 * started. Both are read from the same machine's clock. The first job only shows that the node is
 * up, and is not measured.
 *
 * <p>Used by one thread, which starts it and later measures; the pushing thread is its own.
 */
final class Pulses {
  private static final Duration PACE = Duration.ofMillis(50);
  private static final int FEWEST = 20;

  /** A job waits a second at worst, should its wake-up get lost; this is far beyond. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Many workers start at once, on a machine that may be busy. */
  private static final Duration START = Duration.ofSeconds(60);

  private final Pusher yard;
  private final List<Beat> beats = new ArrayList<>();
  private final CountDownLatch enough = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofPlatform().daemon().name("demo-pulse").unstarted(this::beat);

  private final JobHandle<Instant> first;
  private volatile @Nullable JobyardException refused;

  private record Beat(JobHandle<Instant> handle, Instant pushedAt) {}

  Pulses(Pusher yard) {
    this.yard = yard;
    this.first = yard.push(new Pulse(0));
  }

  /** Waits for the first job to end, then goes on by itself. */
  void start() throws InterruptedException {
    try {
      first.await(START);
    } catch (TimeoutException e) {
      throw new JobyardException(
          "the node's workers have not started within %d s; --keep, and see the log in its folder"
              .formatted(START.toSeconds()),
          e);
    }
    thread.start();
  }

  /**
   * Ends the pushing, as soon as there are enough to say something.
   *
   * @throws JobyardException if a push failed
   */
  void stop() throws InterruptedException {
    enough.countDown();
    thread.join();
    if (refused != null) {
      throw refused;
    }
  }

  /** The ids of the jobs that were pushed; after {@link #stop}. */
  List<UUID> ids() {
    return Stream.concat(Stream.of(first), beats.stream().map(Beat::handle))
        .map(JobHandle::id)
        .toList();
  }

  /** Microseconds from push to start of every job that says when; after {@link #stop}. */
  Histogram latencies() throws InterruptedException {
    Histogram latencies = new Histogram(TimeUnit.HOURS.toMicros(1), 3);
    for (Beat beat : beats) {
      Instant startedAt = start(beat);
      if (startedAt != null) {
        // Should somebody set the clock meanwhile, the figure is wrong, but not impossible.
        latencies.recordValue(Math.max(0, ChronoUnit.MICROS.between(beat.pushedAt, startedAt)));
      }
    }
    return latencies;
  }

  /** Null if it did not say; then it did not succeed either, which is counted with the others. */
  private static @Nullable Instant start(Beat beat) throws InterruptedException {
    try {
      return beat.handle.await(PATIENCE);
    } catch (TimeoutException | JobyardException e) {
      return null;
    }
  }

  private void beat() {
    try {
      boolean more = true;
      for (int number = 1; more || number <= FEWEST; number++) {
        Instant now = Instant.now();
        beats.add(new Beat(yard.push(new Pulse(number)), now));
        more = !enough.await(PACE.toMillis(), TimeUnit.MILLISECONDS) && more;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (JobyardException e) {
      refused = e;
    }
  }
}
