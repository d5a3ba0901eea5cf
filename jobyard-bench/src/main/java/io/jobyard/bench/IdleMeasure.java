package io.jobyard.bench;

import io.jobyard.bench.Ground.Place;
import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.time.Duration;
import java.util.List;

/**
 * The processor time of a node with three queues, three processes each, that has worked and has
 * nothing to do since.
 */
final class IdleMeasure {
  private static final List<String> QUEUES =
      List.of("bench-idle-1", "bench-idle-2", "bench-idle-3");
  private static final int PROCESSES = 3;

  /** How many jobs each queue has done before. */
  private static final int WORKED = 30_000;

  private static final double NANOS = 1e9;

  private final Ground ground;
  private final Pauses pauses;
  private final Figures figures;

  IdleMeasure(Ground ground, Pauses pauses, Figures figures) {
    this.ground = ground;
    this.pauses = pauses;
    this.figures = figures;
  }

  void rounds(int rounds) throws InterruptedException {
    Place place = ground.place();
    try (JobStore store = Stores.open(place.store(), StoreOptions.defaults());
        BenchNode node = BenchNode.start(place, QUEUES, PROCESSES)) {
      Waiting waiting = new Waiting(store, node);
      QUEUES.forEach(queue -> work(store, waiting, queue));
      Thread.sleep(pauses.calm());
      for (int round = 0; round < rounds; round++) {
        Duration manager = node.managerCpu();
        Duration workers = node.workersCpu();
        Stopwatch watch = Stopwatch.start();
        Thread.sleep(pauses.watched());
        double nanos = watch.seconds() * NANOS;
        double ofManager = 100 * node.managerCpu().minus(manager).toNanos() / nanos;
        double ofWorkers = 100 * node.workersCpu().minus(workers).toNanos() / nanos;
        figures.add(Figure.IDLE_MANAGER_CPU, ofManager);
        figures.add(Figure.IDLE_WORKERS_CPU, ofWorkers);
        figures.add(Figure.IDLE_CPU, ofManager + ofWorkers);
      }
    }
  }

  private static void work(JobStore store, Waiting waiting, String queue) {
    waiting.warm(queue);
    long before = waiting.succeeded(queue);
    Batches.of(queue, WORKED - 1).forEach(store::push);
    NewJob last = Batches.one(queue);
    store.push(List.of(last));
    waiting.untilSucceeded(queue, before + WORKED, last.id());
  }
}
