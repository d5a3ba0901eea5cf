package io.jobyard.run;

import io.jobyard.Progress;
import io.jobyard.SharedTable;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

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
  public void progress(int ticket, LeaseKey run, Progress progress) {}

  @Override
  public void signal(int ticket, Signal message) {
    throw new AssertionError("no message expected");
  }

  @Override
  public Subscription hear(String topic, Consumer<Signal> ear) {
    throw new AssertionError("no listener expected");
  }

  @Override
  public void log(int ticket, String line) {}

  @Override
  public SharedTable table(String name) {
    throw new AssertionError("no table expected");
  }

  @Override
  public void waiting(int ticket, boolean waits) {}
}
