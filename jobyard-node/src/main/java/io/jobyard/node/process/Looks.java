package io.jobyard.node.process;

import io.jobyard.node.frame.Frame;
import io.jobyard.node.frame.RunSight;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Questions to a worker on its runs. It may be frozen: nobody waits for more than two seconds. Safe
 * for use by many threads.
 */
final class Looks {
  static final int PATIENCE_S = 2;

  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, CompletableFuture<Optional<RunSight>>> asked = new ConcurrentHashMap<>();

  /**
   * Asks.
   *
   * @return done with nothing if the job does not run there; failed if no answer came
   */
  CompletableFuture<Optional<RunSight>> ask(UUID job, Consumer<Frame> worker) {
    long request = numbers.incrementAndGet();
    var answer = new CompletableFuture<Optional<RunSight>>();
    asked.put(request, answer);
    worker.accept(new Frame.Look(request, job));
    return answer
        .orTimeout(PATIENCE_S, TimeUnit.SECONDS)
        .whenComplete((sight, error) -> asked.remove(request));
  }

  void answered(long request, @Nullable RunSight sight) {
    CompletableFuture<Optional<RunSight>> answer = asked.get(request);
    if (answer != null) {
      answer.complete(Optional.ofNullable(sight));
    }
  }
}
