package io.jobyard.run;

import io.jobyard.SharedTable;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** For runs that ask nothing of their node. */
class NoUplink implements Uplink {
  @Override
  public List<UUID> push(LeaseKey parent, List<NewJob> jobs) {
    throw new AssertionError("no push expected");
  }

  @Override
  public List<JobView> find(Collection<UUID> ids) {
    throw new AssertionError("no question expected");
  }

  @Override
  public void progress(int ticket, long done, long total, String note) {}

  @Override
  public void log(int ticket, String line) {}

  @Override
  public SharedTable table(String name) {
    throw new AssertionError("no table expected");
  }

  @Override
  public void waiting(int ticket, boolean waits) {}
}
