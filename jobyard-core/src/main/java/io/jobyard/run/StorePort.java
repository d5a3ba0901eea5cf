package io.jobyard.run;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.store.ProducerStore;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.StoreListener;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** An application's own connection to the store. */
public record StorePort(ProducerStore store) implements PushPort, Watcher.Source {
  @Override
  public List<UUID> push(List<NewJob> jobs) {
    try {
      return store.push(jobs);
    } catch (StoreUnavailable e) {
      throw new StoreUnavailable(
          "the store did not take %,d job(s), of which it may have stored any: %s; push again later, or let push-buffer keep jobs while the store is away"
              .formatted(jobs.size(), e.getMessage()),
          e);
    }
  }

  @Override
  public List<JobView> find(Collection<UUID> ids) {
    return store.find(ids);
  }

  @Override
  public Subscription listen(Runnable finished) {
    return store.listen(
        new StoreListener() {
          @Override
          public void ready(String queue) {
            // Only the ends of jobs are of interest here.
          }

          @Override
          public void finished() {
            finished.run();
          }
        });
  }
}
