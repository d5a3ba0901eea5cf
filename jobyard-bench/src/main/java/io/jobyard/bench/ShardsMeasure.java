package io.jobyard.bench;

import io.jobyard.store.JobStore;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Session;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What it brings to split a queue: bare lease + settle by several sessions at once, of a queue in
 * one piece and of one with shards, in turns. On a Redis Cluster the shards are on different
 * masters; stores that know no shards show the same twice.
 */
final class ShardsMeasure {
  private static final String QUEUE = "bench-shards";
  private static final int SHARDS = 8;
  private static final int SESSIONS = 4;
  private static final int BATCH = 200;

  private final Ground ground;
  private final int jobs;
  private final Figures figures;

  ShardsMeasure(Ground ground, int jobs, Figures figures) {
    this.ground = ground;
    this.jobs = jobs;
    this.figures = figures;
  }

  void rounds(int rounds) throws InterruptedException {
    rate(1);
    rate(SHARDS);
    for (int round = 0; round < rounds; round++) {
      double whole = rate(1);
      double split = rate(SHARDS);
      figures.add(Figure.ONE_SHARD, whole);
      figures.add(Figure.EIGHT_SHARDS, split);
      figures.add(Figure.SHARDS_GAIN, split / whole);
    }
  }

  private double rate(int shards) throws InterruptedException {
    StoreOptions defaults = StoreOptions.defaults();
    StoreOptions options =
        new StoreOptions(
            defaults.base(),
            defaults.migrate(),
            defaults.pushTimeout(),
            defaults.env(),
            Map.of(QUEUE, shards));
    try (JobStore store = Stores.open(ground.place().store(), options);
        ExecutorService threads = Executors.newFixedThreadPool(SESSIONS)) {
      Batches.of(QUEUE, jobs).forEach(store::push);
      Stopwatch watch = Stopwatch.start();
      List<Future<Integer>> drains = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        drains.add(threads.submit(() -> drain(store)));
      }
      int settled = 0;
      for (Future<Integer> drain : drains) {
        settled += drain.get();
      }
      return watch.rate(settled);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the benchmark's jobs could not be taken", e.getCause());
    }
  }

  private static int drain(JobStore store) {
    Session session = store.join(new NodeInfo(QUEUE, ProcessHandle.current().pid(), Set.of(QUEUE)));
    int settled =
        CeilingMeasure.drain(
            store, new LeaseRequest(session, QUEUE, BATCH, Long.MAX_VALUE, Set.of()));
    store.leave(session);
    return settled;
  }
}
