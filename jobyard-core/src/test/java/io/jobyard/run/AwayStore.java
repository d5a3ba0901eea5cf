package io.jobyard.run;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.NewJob;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** The way to a store that can be away, and that may lose its answer. */
final class AwayStore implements PushPort {
  private final PushPort store;
  final AtomicInteger tries = new AtomicInteger();
  volatile boolean away;
  volatile boolean answerLost;

  AwayStore(PushPort store) {
    this.store = store;
  }

  @Override
  public List<UUID> push(List<NewJob> jobs) {
    tries.incrementAndGet();
    if (away) {
      throw new StoreUnavailable("no answer within 5000 ms");
    }
    List<UUID> ids = new ArrayList<>(store.push(jobs));
    if (answerLost) {
      away = true;
      throw new StoreUnavailable("the connection was cut");
    }
    return ids;
  }
}
