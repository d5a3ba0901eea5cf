package io.jobyard.node.worker;

import io.jobyard.Pusher;
import io.jobyard.codec.JobCodec;
import io.jobyard.run.Ids;
import io.jobyard.run.JobPusher;
import io.jobyard.run.JobRunner;
import io.jobyard.run.PushPort;
import io.jobyard.run.Uplink;
import io.jobyard.run.Watcher;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import java.util.List;
import java.util.UUID;

/** Gives each running job a pusher whose jobs go through the manager, under the job's own lease. */
final class ChildPushing implements JobRunner.ChildPushers {
  private final Uplink uplink;
  private final Watcher watcher;
  private final JobCodec codec = new JobCodec();
  private final Ids ids = new Ids();

  ChildPushing(Uplink uplink) {
    this.uplink = uplink;
    this.watcher = new Watcher(uplink::find);
  }

  @Override
  public Pusher of(Lease parent, JobRunner.Slot slot) {
    return new JobPusher(codec, ids, new Port(uplink, parent.key(), slot), watcher);
  }

  private record Port(Uplink uplink, LeaseKey lease, JobRunner.Slot slot) implements PushPort {
    @Override
    public List<UUID> push(List<NewJob> jobs) {
      return uplink.push(lease, jobs);
    }

    @Override
    public UUID parent() {
      return lease.id();
    }

    @Override
    public void awaiting(boolean waiting) {
      if (waiting) {
        slot.lend();
      } else {
        slot.resume();
      }
    }
  }
}
