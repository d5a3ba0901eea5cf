package io.jobyard.bench;

import io.jobyard.Jobyard;
import io.jobyard.PushOptions;
import io.jobyard.bench.Ground.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * How soon a job starts that another process pushed: from the push's return to the job's first
 * statement, one job at a time, on a node that is idle. A job that starts before its push has
 * returned counts as zero.
 */
final class LatencyMeasure {
  private static final String QUEUE = "bench-start";
  private static final int PROCESSES = 3;
  private static final int FEWEST = 20;
  private static final int MOST = 1_000;
  private static final int JOBS_TO_ONE = 200;
  private static final int WARM_UP = 200;
  private static final int DIGITS = 3;
  private static final double NANOS_IN_MS = 1e6;
  private static final Duration LEAST_PAUSE = Duration.ofMillis(10);
  private static final Duration MOST_PAUSE = Duration.ofMillis(40);

  private final Ground ground;
  private final int pushes;
  private final Figures figures;

  LatencyMeasure(Ground ground, int jobs, Figures figures) {
    this.ground = ground;
    this.pushes = Math.clamp(jobs / JOBS_TO_ONE, FEWEST, MOST);
    this.figures = figures;
  }

  void rounds(int rounds) throws IOException {
    Place place = ground.place();
    try (Jobyard yard = Jobyard.open(Settings.of(place).build());
        BenchNode node = BenchNode.start(place, List.of(QUEUE), PROCESSES)) {
      new Waiting(yard.store(), node).warm(QUEUE);
      Times times = new Times(yard, Stamps.of(place, node));
      times.take(Math.min(WARM_UP, pushes));
      for (int round = 1; round <= rounds; round++) {
        times.reset();
        times.take(pushes);
        figures.add(Figure.START_P50, ms(times.afterPush, 50));
        figures.add(Figure.START_P99, ms(times.afterPush, 99));
        figures.add(Figure.PUSH_START_P50, ms(times.withPush, 50));
        figures.add(Figure.PUSH_START_P99, ms(times.withPush, 99));
      }
    }
  }

  private static double ms(Histogram times, double percentile) {
    return times.getValueAtPercentile(percentile) / NANOS_IN_MS;
  }

  /** Pushes, one at a time, and what they took. For one thread. */
  private static final class Times {
    private final Jobyard yard;
    private final Stamps stamps;
    private final Histogram withPush = new Histogram(DIGITS);
    private final Histogram afterPush = new Histogram(DIGITS);
    private int line;

    Times(Jobyard yard, Stamps stamps) {
      this.yard = yard;
      this.stamps = stamps;
    }

    void reset() {
      withPush.reset();
      afterPush.reset();
    }

    void take(int count) throws IOException {
      for (int i = 0; i < count; i++) {
        long before = System.nanoTime();
        yard.push(new Stamp(line), PushOptions.on(QUEUE));
        long pushed = System.nanoTime();
        long started = stamps.await(line);
        withPush.recordValue(started - before);
        afterPush.recordValue(Math.max(0, started - pushed));
        line++;
        LockSupport.parkNanos(
            ThreadLocalRandom.current().nextLong(LEAST_PAUSE.toNanos(), MOST_PAUSE.toNanos()));
      }
    }
  }
}
