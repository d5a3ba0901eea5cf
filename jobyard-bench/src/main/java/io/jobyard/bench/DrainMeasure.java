package io.jobyard.bench;

import io.jobyard.bench.Ground.Place;
import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.time.Duration;
import java.util.List;

/**
 * No-op jobs through worker processes. The queue is paused while they are pushed; the clock runs
 * from the moment when it goes on to the moment when the last of them has succeeded in the store.
 * The node stays up from round to round. Closing it ends the node.
 */
final class DrainMeasure implements AutoCloseable {
  /** As many as the machines that this is compared on have processors. */
  static final int PROCESSES = 2;

  static final String QUEUE = "bench-drain";
  private static final double MICROS = 1_000;

  private final JobStore store;
  private final BenchNode node;
  private final Waiting waiting;

  /** What a drain took; processor time in microseconds a job. */
  record Drain(double rate, double managerCpu, double workerCpu) {}

  DrainMeasure(Place place) {
    this(place, BenchNode.start(place, List.of(QUEUE), PROCESSES));
  }

  /**
   * @param node serves {@link #QUEUE}; is closed with this
   */
  DrainMeasure(Place place, BenchNode node) {
    this.node = node;
    store = Stores.open(place.store(), StoreOptions.defaults());
    waiting = new Waiting(store, node);
    waiting.warm(QUEUE);
  }

  JobStore store() {
    return store;
  }

  Drain drain(int jobs) {
    store.pause(QUEUE, true);
    Batches.of(QUEUE, jobs - 1).forEach(store::push);
    Duration manager = node.managerCpu();
    Duration workers = node.workersCpu();
    long before = waiting.succeeded(QUEUE);
    NewJob last = Batches.one(QUEUE);
    Stopwatch watch = Stopwatch.start();
    store.pause(QUEUE, false);
    store.push(List.of(last));
    waiting.untilSucceeded(QUEUE, before + jobs, last.id());
    double rate = watch.rate(jobs);
    return new Drain(
        rate,
        node.managerCpu().minus(manager).toNanos() / MICROS / jobs,
        node.workersCpu().minus(workers).toNanos() / MICROS / jobs);
  }

  double managerRss() {
    return ProcStat.residentMb(node.manager());
  }

  /** Of the largest. */
  double workerRss() {
    return node.workers().stream().mapToDouble(ProcStat::residentMb).max().orElse(0);
  }

  int managerConnections() {
    return ProcStat.connections(node.manager());
  }

  /** On average. */
  double workerConnections() {
    return node.workers().stream().mapToInt(ProcStat::connections).average().orElse(0);
  }

  @Override
  public void close() {
    node.close();
    store.close();
  }
}
