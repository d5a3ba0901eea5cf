package io.jobyard.run;

import io.jobyard.Pusher;
import io.jobyard.codec.JobCodec;
import io.jobyard.config.ShippingKey;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.talk.Ears;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What running jobs push with: through their node, each under its own lease. Most of it is made for
 * the first run only, so that a worker is ready sooner. Safe for use by many threads.
 */
public final class ChildPushes implements JobRunner.ChildPushers, AutoCloseable {
  private final Uplink uplink;
  private final @Nullable ShippingKey key;
  private final Ids ids = new Ids();
  private final Ears ears;
  private @Nullable Means means;

  private record Means(JobCodec codec, Watcher watcher) {}

  /**
   * @param key signs the code that goes with pushes; null lets none go
   */
  public ChildPushes(Uplink uplink, @Nullable ShippingKey key) {
    this.uplink = uplink;
    this.key = key;
    this.ears = new Ears(uplink);
  }

  @Override
  public Pusher of(Lease parent, JobRunner.Slot slot) {
    Means own = means();
    return new JobPusher(own.codec, ids, new ChildPort(uplink, parent, slot), own.watcher, ears);
  }

  private synchronized Means means() {
    Means made = means;
    if (made == null) {
      made = new Means(new JobCodec(key), new Watcher(new Asking(uplink)));
      means = made;
    }
    return made;
  }

  @Override
  public synchronized void close() {
    if (means != null) {
      means.watcher.close();
    }
    ears.close();
  }

  /** A running job hears of no ends by itself: it asks. */
  private record Asking(Uplink uplink) implements Watcher.Source {
    @Override
    public List<JobView> find(Collection<UUID> ids) {
      return uplink.find(ids);
    }

    @Override
    public Subscription listen(Runnable finished) {
      return () -> {};
    }
  }
}
