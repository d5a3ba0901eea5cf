package io.jobyard.bench;

import io.jobyard.Jobyard;
import io.jobyard.JobyardException;
import io.jobyard.PushOptions;
import io.jobyard.bench.Ground.Place;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * How soon there is a worker in the place of one that was killed: from the kill to the first
 * statement of the job that its successor runs first. Once where workers start from a cache of
 * classes, once where they load each by itself, in turns.
 */
final class StartMeasure {
  private static final int FEWEST = 2;
  private static final int MOST = 20;
  private static final int JOBS_TO_ONE = 5_000;
  private static final int DIGITS = 3;
  private static final double NANOS_IN_MS = 1e6;
  private static final Duration REST = Duration.ofMillis(250);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Ground ground;
  private final int kills;
  private final Figures figures;

  StartMeasure(Ground ground, int jobs, Figures figures) {
    this.ground = ground;
    this.kills = Math.clamp(jobs / JOBS_TO_ONE, FEWEST, MOST);
    this.figures = figures;
  }

  void rounds(int rounds) throws IOException {
    if (Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .anyMatch(path -> !Files.isRegularFile(Path.of(path)))) {
      throw new JobyardException(
          "a cache of classes is only made where all of them are in jars; start './jobyard bench'");
    }
    try (Stage cached = new Stage(ground.place(), true);
        Stage plain = new Stage(ground.place(), false)) {
      cached.awaitCache();
      for (int round = 1; round <= rounds; round++) {
        figures.add(Figure.FIRST_JOB_CACHED, cached.take(kills));
        figures.add(Figure.FIRST_JOB_PLAIN, plain.take(kills));
      }
    }
  }

  /** A node with one worker, which is killed again and again. For one thread. */
  private static final class Stage implements AutoCloseable {
    private final boolean cache;

    /** One of its own: both stages may stand on the same store. */
    private final String queue;

    private final Jobyard yard;
    private final BenchNode node;
    private final Stamps stamps;
    private int line;

    Stage(Place place, boolean cache) {
      this.cache = cache;
      queue = cache ? "bench-first-cached" : "bench-first-plain";
      yard = Jobyard.open(Settings.of(place).build());
      node = BenchNode.startCaching(place, List.of(queue), 1, cache);
      stamps = Stamps.of(place, node);
      new Waiting(yard.store(), node).warm(queue);
    }

    /** Until a worker starts from it: it is made in the background. */
    void awaitCache() throws IOException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!startedFromCache()) {
        if (System.nanoTime() - end > 0) {
          throw new JobyardException("workers do not start from a cache of classes");
        }
        LockSupport.parkNanos(REST.toNanos());
        replaceWorker();
      }
    }

    /** The median, in milliseconds. */
    double take(int times) throws IOException {
      Histogram all = new Histogram(DIGITS);
      for (int i = 0; i < times; i++) {
        all.recordValue(replaceWorker());
        if (cache != startedFromCache()) {
          throw new JobyardException("a worker did not start as it should, so this says nothing");
        }
        LockSupport.parkNanos(REST.toNanos());
      }
      return all.getValueAtPercentile(50) / NANOS_IN_MS;
    }

    private long replaceWorker() throws IOException {
      ProcessHandle worker = worker();
      long killed = System.nanoTime();
      worker.destroyForcibly();
      yard.push(new Stamp(line), PushOptions.on(queue));
      return stamps.await(line++) - killed;
    }

    private ProcessHandle worker() {
      return node.workers().stream()
          .findFirst()
          .orElseThrow(() -> new JobyardException("the benchmark's node has no worker"));
    }

    private boolean startedFromCache() {
      return ProcStat.command(worker()).stream()
          .anyMatch(
              word -> word.startsWith("-XX:AOTCache=") || word.startsWith("-XX:SharedArchive"));
    }

    @Override
    public void close() {
      node.close();
      yard.close();
    }
  }
}
