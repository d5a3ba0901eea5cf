package io.jobyard.node.generation;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A queue without processes. What it says of a trial is set beforehand. */
final class FakeRanks implements Ranks {
  private final String queue;
  volatile boolean staffed = true;
  volatile boolean troubled;

  /** Why new code does not come up; null if it does. */
  volatile @Nullable String fault;

  volatile @Nullable RuntimeException thrown;
  private volatile int generation = 1;
  private volatile int tried;

  FakeRanks(String queue) {
    this.queue = queue;
  }

  @Override
  public String queue() {
    return queue;
  }

  @Override
  public void tryOut(Generation next, Verdict verdict) {
    RuntimeException now = thrown;
    if (now != null) {
      throw now;
    }
    tried = next.number();
    String why = fault;
    if (why == null) {
      verdict.ready();
    } else {
      verdict.failed(why);
    }
  }

  @Override
  public CompletableFuture<Void> adopt() {
    generation = tried;
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void dismiss() {
    tried = 0;
  }

  @Override
  public Set<Integer> generations() {
    return Set.of(generation);
  }

  @Override
  public boolean staffed() {
    return staffed;
  }

  @Override
  public boolean troubled() {
    return troubled;
  }
}
