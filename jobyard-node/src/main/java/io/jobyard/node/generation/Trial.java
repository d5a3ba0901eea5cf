package io.jobyard.node.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A generation that is tried out in all queues at once: ready when every queue is, failed as soon
 * as one of them is not. A queue whose workers do not come up with the old code either has no say,
 * unless all fail; one that only lacks a worker for a moment has. Safe for use by many threads.
 */
final class Trial {
  private final List<Ranks> ranks;
  private final List<String> failures = new ArrayList<>();
  private final Runnable decided;
  private int open;
  private boolean vetoed;

  /**
   * @param decided called after each word of a queue, on any thread
   */
  Trial(List<Ranks> ranks, Runnable decided) {
    this.ranks = ranks;
    this.decided = decided;
    this.open = ranks.size();
  }

  void begin(Generation next) {
    for (Ranks queue : ranks) {
      boolean well = !queue.troubled();
      queue.tryOut(
          next,
          new Ranks.Verdict() {
            @Override
            public void ready() {
              heard(null, false);
            }

            @Override
            public void failed(String why) {
              heard("queue " + queue.queue() + ": " + why, well);
            }
          });
    }
  }

  private void heard(@Nullable String failure, boolean veto) {
    synchronized (this) {
      open--;
      if (failure != null) {
        failures.add(failure);
        vetoed |= veto;
      }
    }
    decided.run();
  }

  synchronized boolean isDecided() {
    return vetoed || open == 0;
  }

  /** Why it failed; null if it did not. */
  synchronized @Nullable String failure() {
    return vetoed || (!failures.isEmpty() && failures.size() == ranks.size())
        ? failures.getFirst()
        : null;
  }

  /** Returns when all jobs go to the new code. */
  void adopt() {
    CompletableFuture.allOf(ranks.stream().map(Ranks::adopt).toArray(CompletableFuture<?>[]::new))
        .join();
  }

  void dismiss() {
    ranks.forEach(Ranks::dismiss);
  }
}
