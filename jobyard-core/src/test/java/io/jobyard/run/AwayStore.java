package io.jobyard.run;

import io.jobyard.JobyardException;
import io.jobyard.PushRefused;
import io.jobyard.StoreUnavailable;
import io.jobyard.store.NewJob;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The way to a store that can be away, and that may lose its answer, or not let anyone in. */
final class AwayStore implements PushPort {
  private final PushPort store;
  final AtomicInteger tries = new AtomicInteger();
  volatile boolean away;
  volatile boolean answerLost;
  volatile boolean locked;

  /** The kind of a job that it does not take. */
  volatile @Nullable String refused;

  AwayStore(PushPort store) {
    this.store = store;
  }

  @Override
  public List<UUID> push(List<NewJob> jobs) {
    tries.incrementAndGet();
    if (away) {
      throw new StoreUnavailable("no answer within 5000 ms");
    }
    if (locked) {
      throw new JobyardException("password authentication failed");
    }
    if (jobs.stream().anyMatch(job -> job.kind().equals(refused))) {
      throw new PushRefused("the store does not take " + refused);
    }
    List<UUID> ids = new ArrayList<>(store.push(jobs));
    if (answerLost) {
      away = true;
      throw new StoreUnavailable("the connection was cut");
    }
    return ids;
  }
}
