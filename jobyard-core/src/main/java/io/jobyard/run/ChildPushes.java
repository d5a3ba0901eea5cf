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

/** What running jobs push with: through their node, each under its own lease. */
public final class ChildPushes implements JobRunner.ChildPushers, AutoCloseable {
  private final Uplink uplink;
  private final JobCodec codec;
  private final Ids ids = new Ids();
  private final Watcher watcher;
  private final Ears ears;

  /**
   * @param key signs the code that goes with pushes; null lets none go
   */
  public ChildPushes(Uplink uplink, @Nullable ShippingKey key) {
    this.uplink = uplink;
    this.codec = new JobCodec(key);
    this.watcher = new Watcher(new Asking(uplink));
    this.ears = new Ears(uplink);
  }

  @Override
  public Pusher of(Lease parent, JobRunner.Slot slot) {
    return new JobPusher(codec, ids, new ChildPort(uplink, parent, slot), watcher, ears);
  }

  @Override
  public void close() {
    watcher.close();
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
