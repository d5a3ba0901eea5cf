package io.jobyard.scenarios;

import io.jobyard.store.JobStore;
import io.jobyard.store.NewJob;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An application that pushes while other things happen: small batches, each again and again until
 * it is acknowledged. Any other error than that the store is away ends it, and {@link #await}
 * tells.
 */
final class Producer {
  private static final int BATCH = 10;

  private final FutureTask<Integer> task;

  private Producer(Callable<Integer> work) {
    task = new FutureTask<>(work);
  }

  /**
   * Starts one with a store of its own.
   *
   * @param over how long it takes at least
   */
  static Producer start(Scene scene, int jobs, int jobMillis, Duration over) {
    JobStore store = scene.open(); // here: one that is away cannot be opened
    Producer producer =
        new Producer(() -> {
          try (store) {
            int refused = 0;
            for (int pushed = 0; pushed < jobs; pushed += BATCH) {
              refused += scene.insist(store, batch(scene, jobMillis));
              TimeUnit.NANOSECONDS.sleep(over.toNanos() * BATCH / jobs);
            }
            return refused;
          }
        });
    Thread.ofPlatform().name("producer").daemon().start(producer.task);
    return producer;
  }

  /** Jobs that nobody has pushed yet. */
  static List<NewJob> batch(Scene scene, int millis) {
    return Stream.generate(() -> scene.logged(Scene.QUEUE, "chaos-value", ",\"millis\":" + millis))
        .limit(BATCH)
        .toList();
  }

  /** Waits for its end, and says how many pushes were refused and repeated. */
  int await() throws InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new AssertionError("a producer was told something else than that the store is away", e);
    }
  }
}
