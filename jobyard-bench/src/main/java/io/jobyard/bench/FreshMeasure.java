package io.jobyard.bench;

import io.jobyard.Jobyard;
import io.jobyard.PushOptions;
import io.jobyard.bench.Ground.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * What a process of its own for every job costs: how many such jobs two workers run, one after the
 * other, and how soon one starts on an idle node, where a spare process may be ready; beside the
 * latter with a process that is kept.
 */
final class FreshMeasure {
  private static final int PROCESSES = 2;
  private static final int FEWEST = 10;
  private static final int MOST = 200;
  private static final int JOBS_TO_ONE = 500;
  private static final int DIGITS = 3;
  private static final double NANOS_IN_MS = 1e6;

  /** Long enough for a spare process to be ready again. */
  private static final Duration REST = Duration.ofSeconds(1);

  private static final int PUSHES = 10;

  /** More than are pushed. */
  private static final int KEPT_FOR = 1_000_000;

  private final Ground ground;
  private final int jobs;
  private final Figures figures;

  FreshMeasure(Ground ground, int jobs, Figures figures) {
    this.ground = ground;
    this.jobs = Math.clamp(jobs / JOBS_TO_ONE, FEWEST, MOST);
    this.figures = figures;
  }

  void rounds(int rounds) throws IOException {
    try (Stage fresh = new Stage(ground.place(), 1);
        Stage kept = new Stage(ground.place(), KEPT_FOR)) {
      fresh.start();
      kept.start();
      for (int round = 1; round <= rounds; round++) {
        figures.add(Figure.KEPT_P50, kept.start());
        figures.add(Figure.FRESH_P50, fresh.start());
        fresh.run();
      }
    }
  }

  /** A node whose workers run so many jobs each. For one thread. */
  private final class Stage implements AutoCloseable {
    private final String queue;
    private final Jobyard yard;
    private final BenchNode node;
    private final Stamps stamps;
    private int line;

    Stage(Place place, int mostJobs) {
      queue = "bench-" + (mostJobs == 1 ? "fresh" : "kept");
      yard = Jobyard.open(Settings.of(place).build());
      node = BenchNode.startRenewing(place, List.of(queue), PROCESSES, mostJobs);
      stamps = Stamps.of(place, node);
      new Waiting(yard.store(), node).warm(queue);
    }

    /** Pushes one by one; the median until they started, in milliseconds. */
    double start() throws IOException {
      Histogram all = new Histogram(DIGITS);
      for (int i = 0; i < PUSHES; i++) {
        LockSupport.parkNanos(REST.toNanos());
        yard.push(new Stamp(line), PushOptions.on(queue));
        long pushed = System.nanoTime();
        all.recordValue(Math.max(0, stamps.await(line++) - pushed));
      }
      return all.getValueAtPercentile(50) / NANOS_IN_MS;
    }

    /** Pushes all at once and waits until the last has started. */
    void run() throws IOException {
      Duration before = node.allCpu();
      Stopwatch watch = Stopwatch.start();
      for (int i = 0; i < jobs; i++) {
        yard.push(new Stamp(line + i), PushOptions.on(queue));
      }
      for (int i = 0; i < jobs; i++) {
        stamps.await(line++);
      }
      figures.add(Figure.FRESH, watch.rate(jobs));
      figures.add(Figure.FRESH_CPU, node.allCpu().minus(before).toNanos() / NANOS_IN_MS / jobs);
    }

    @Override
    public void close() {
      node.close();
      yard.close();
    }
  }
}
