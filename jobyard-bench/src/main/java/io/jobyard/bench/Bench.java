package io.jobyard.bench;

import io.jobyard.bench.DrainMeasure.Drain;
import java.io.IOException;

/** Measures what was asked for, part by part. Used for one run; for one thread. */
public final class Bench {
  /** A first round warms the JVM up and is not counted. */
  private static final int WARM_UP_SHARE = 4;

  /** Drains before those that count: until then the node's JVMs compile what they run most. */
  private static final int WARMING_DRAINS = 3;

  private final BenchOptions options;
  private final BenchProgress progress;
  private final Pauses pauses;
  private final Figures figures = new Figures();

  Bench(BenchOptions options, BenchProgress progress, Pauses pauses) {
    this.options = options;
    this.progress = progress;
    this.pauses = pauses;
  }

  /**
   * Runs it; takes a minute or two, with {@link Part#HISTORY} several.
   *
   * @throws io.jobyard.JobyardException if the store cannot be opened, or jobs are not done
   */
  public static BenchReport run(BenchOptions options, BenchProgress progress)
      throws IOException, InterruptedException {
    return new Bench(options, progress, Pauses.STANDARD).run();
  }

  BenchReport run() throws IOException, InterruptedException {
    Machine machine = Machine.here();
    try (Ground ground = Ground.open(options)) {
      for (Part part : Part.values()) {
        if (options.parts().contains(part)) {
          measure(part, ground);
        }
      }
    }
    return new BenchReport(options, machine, figures);
  }

  private void measure(Part part, Ground ground) throws IOException, InterruptedException {
    switch (part) {
      case PUSH -> push(ground);
      case DRAIN -> drain(ground);
      case LATENCY -> {
        progress.begins("latency");
        new LatencyMeasure(ground, options.jobs(), figures).rounds(options.rounds());
      }
      case START -> {
        progress.begins("start");
        new StartMeasure(ground, options.jobs(), figures).rounds(options.rounds());
      }
      case FRESH -> {
        progress.begins("fresh");
        new FreshMeasure(ground, options.jobs(), figures).rounds(options.rounds());
      }
      case IDLE -> {
        progress.begins("idle");
        new IdleMeasure(ground, pauses, figures).rounds(options.rounds());
      }
      case HISTORY ->
          new HistoryMeasure(ground, options.jobs(), figures, progress).rounds(options.rounds());
      case SHARDS -> {
        progress.begins("shards");
        new ShardsMeasure(ground, options.jobs(), figures).rounds(options.rounds());
      }
      case HTTP ->
          new HttpMeasure(ground, options.jobs(), figures, progress).rounds(options.rounds());
    }
  }

  private void push(Ground ground) throws InterruptedException {
    progress.begins("push: warming up");
    new PushMeasure(ground, fewer(), new Figures()).round();
    for (int round = 1; round <= options.rounds(); round++) {
      progress.begins("push: round " + round);
      new PushMeasure(ground, options.jobs(), figures).round();
    }
  }

  private void drain(Ground ground) throws InterruptedException {
    progress.begins("drain: warming up");
    try (DrainMeasure measure = new DrainMeasure(ground.place())) {
      figures.add(Figure.DRAIN_COLD, measure.drain(options.jobs()).rate());
      for (int drain = 1; drain < WARMING_DRAINS; drain++) {
        measure.drain(options.jobs());
      }
      new CeilingMeasure(options.jobs(), new Figures()).round(measure.store());
      for (int round = 1; round <= options.rounds(); round++) {
        progress.begins("drain: round " + round);
        double ceiling = new CeilingMeasure(options.jobs(), figures).round(measure.store());
        Drain drain = measure.drain(options.jobs());
        figures.add(Figure.DRAIN, drain.rate());
        figures.add(Figure.DRAIN_SHARE, 100 * drain.rate() / ceiling);
        figures.add(Figure.DRAIN_MANAGER_CPU, drain.managerCpu());
        figures.add(Figure.DRAIN_WORKER_CPU, drain.workerCpu());
        figures.add(Figure.MANAGER_CONNECTIONS, measure.managerConnections());
        figures.add(Figure.WORKER_CONNECTIONS, measure.workerConnections());
      }
      progress.begins("memory");
      Thread.sleep(pauses.rest());
      figures.add(Figure.MANAGER_RSS, measure.managerRss());
      figures.add(Figure.WORKER_RSS, measure.workerRss());
    }
  }

  private int fewer() {
    return Math.max(1, options.jobs() / WARM_UP_SHARE);
  }
}
