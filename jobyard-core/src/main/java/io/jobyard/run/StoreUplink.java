package io.jobyard.run;

import io.jobyard.Progress;
import io.jobyard.SharedTable;
import io.jobyard.StaleLease;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.ProducerStore;
import io.jobyard.store.ProducerStore.Subscription;
import io.jobyard.store.Signal;
import io.jobyard.table.Tables;
import io.jobyard.talk.Talk;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For jobs that run in the process that holds the store. */
public final class StoreUplink implements Uplink {
  private static final Logger LOG = LoggerFactory.getLogger(StoreUplink.class);

  private final ProducerStore store;
  private final Tables tables;
  private final Talk talk;
  private final Runs runs;

  /** The runs it serves. */
  public interface Runs {
    /** A run lends its slot, or takes it back. */
    void waiting(int ticket, boolean waits);

    /** Whether a run's lease holds, as far as is known here. */
    boolean hold(int ticket);
  }

  /**
   * @param talk stays the caller's
   */
  public StoreUplink(ProducerStore store, Tables tables, Talk talk, Runs runs) {
    this.store = store;
    this.tables = tables;
    this.talk = talk;
    this.runs = runs;
  }

  @Override
  public List<UUID> push(LeaseKey parent, List<NewJob> jobs) {
    return store.push(jobs, parent);
  }

  @Override
  public List<JobView> find(Collection<UUID> ids) {
    return store.find(ids);
  }

  @Override
  public void progress(int ticket, LeaseKey run, Progress progress) {
    if (runs.hold(ticket)) {
      talk.progress(run.id(), progress);
    }
  }

  @Override
  public void signal(int ticket, Signal message) {
    if (!runs.hold(ticket)) {
      throw new StaleLease("the job's lease is gone; its message was not sent");
    }
    talk.send(message);
  }

  @Override
  public Subscription hear(String topic, Consumer<Signal> ear) {
    return talk.hear(topic, ear);
  }

  @Override
  public void log(int ticket, String line) {
    LOG.info("run {}: {}", ticket, line);
  }

  @Override
  public SharedTable table(String name) {
    return tables.get(name);
  }

  @Override
  public void waiting(int ticket, boolean waits) {
    runs.waiting(ticket, waits);
  }
}
