package io.jobyard.run;

import io.jobyard.store.Lease;
import io.jobyard.store.NewJob;
import java.util.List;
import java.util.UUID;

/**
 * A running job's way to push: through its node, under its lease.
 *
 * @param slot lent to other jobs while the running one waits
 */
public record ChildPort(Uplink uplink, Lease lease, JobRunner.Slot slot) implements PushPort {
  @Override
  public List<UUID> push(List<NewJob> jobs) {
    return uplink.push(lease.key(), jobs);
  }

  @Override
  public UUID parent() {
    return lease.key().id();
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
