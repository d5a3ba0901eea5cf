package io.jobyard.bench;

import io.jobyard.Jobyard;
import io.jobyard.PushOptions;
import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Pushes in all their ways. The bare insert and {@code pushAll} store the same jobs, each into a
 * file of its own, in turns of a tenth, so that what else the machine does meets both alike.
 */
final class PushMeasure {
  private static final String QUEUE = "bench-push";
  private static final int THREADS = 8;
  private static final int SLICES = 10;
  private static final int SHARE_PUSHED_SINGLY = 25;

  private final Ground ground;
  private final int jobs;
  private final Figures figures;

  PushMeasure(Ground ground, int jobs, Figures figures) {
    this.ground = ground;
    this.jobs = jobs;
    this.figures = figures;
  }

  void round() throws InterruptedException {
    batches();
    singles();
  }

  private void batches() {
    try (Jobyard bare = Jobyard.open(Settings.of(ground.place()).build());
        Jobyard whole = Jobyard.open(Settings.of(ground.place()).build())) {
      double insert = 0;
      double pushAll = 0;
      int slice = Math.ceilDiv(jobs, SLICES);
      for (int i = 0; i < SLICES; i++) {
        insert += insert(bare.store(), slice);
        pushAll += pushAll(whole, slice);
      }
      figures.add(Figure.INSERT_CEILING, slice * SLICES / insert);
      figures.add(Figure.PUSH_ALL, slice * SLICES / pushAll);
      figures.add(Figure.PUSH_ALL_SHARE, 100 * insert / pushAll);
      Leftovers.clear(bare.store(), QUEUE);
      Leftovers.clear(whole.store(), QUEUE);
    }
  }

  private static double insert(JobStore store, int count) {
    List<List<NewJob>> batches = Batches.of(QUEUE, count);
    Stopwatch watch = Stopwatch.start();
    batches.forEach(store::push);
    return watch.seconds();
  }

  private static double pushAll(Jobyard yard, int count) {
    List<NoOp> records = Collections.nCopies(count, NoOp.filled());
    Stopwatch watch = Stopwatch.start();
    yard.pushAll(records, PushOptions.on(QUEUE));
    return watch.seconds();
  }

  private void singles() throws InterruptedException {
    try (Jobyard yard = Jobyard.open(Settings.of(ground.place()).build());
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      int each = Math.max(1, jobs / SHARE_PUSHED_SINGLY);
      double one = singles(yard, threads, 1, each);
      double eight = singles(yard, threads, THREADS, each);
      figures.add(Figure.PUSH_ONE, one);
      figures.add(Figure.PUSH_EIGHT, eight);
      figures.add(Figure.PUSH_EIGHT_GAIN, eight / one);
      Leftovers.clear(yard.store(), QUEUE);
    }
  }

  private static double singles(Jobyard yard, ExecutorService pool, int threads, int each)
      throws InterruptedException {
    Stopwatch watch = Stopwatch.start();
    List<Future<?>> running =
        IntStream.range(0, threads)
            .<Future<?>>mapToObj(thread -> pool.submit(() -> singles(yard, each)))
            .toList();
    for (Future<?> one : running) {
      try {
        one.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a push failed: " + e.getCause(), e);
      }
    }
    return watch.rate(threads * each);
  }

  private static void singles(Jobyard yard, int count) {
    for (int i = 0; i < count; i++) {
      yard.push(NoOp.filled(), PushOptions.on(QUEUE));
    }
  }
}
