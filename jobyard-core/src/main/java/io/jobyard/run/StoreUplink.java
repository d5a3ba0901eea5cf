package io.jobyard.run;

import io.jobyard.SharedTable;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.NewJob;
import io.jobyard.store.ProducerStore;
import io.jobyard.table.Tables;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For jobs that run in the process that holds the store. */
public final class StoreUplink implements Uplink {
  private static final Logger LOG = LoggerFactory.getLogger(StoreUplink.class);

  private final ProducerStore store;
  private final Tables tables;
  private final Waiting waiting;

  /** Told that a run lends its slot, or takes it back. */
  @FunctionalInterface
  public interface Waiting {
    void waiting(int ticket, boolean waits);
  }

  public StoreUplink(ProducerStore store, Tables tables, Waiting waiting) {
    this.store = store;
    this.tables = tables;
    this.waiting = waiting;
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
  public void progress(int ticket, long done, long total, String note) {
    LOG.debug("run {}: {} of {} {}", ticket, done, total, note);
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
    waiting.waiting(ticket, waits);
  }
}
