package io.jobyard.sync;

import io.jobyard.config.Config;
import io.jobyard.config.Configurer;
import io.jobyard.memory.MemoryStore;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.NodeStatus;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Sample;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.Signal;
import io.jobyard.store.Standing;
import io.jobyard.store.Step;
import io.jobyard.store.StoreListener;
import io.jobyard.store.StoreReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store in this JVM's memory whose pushes run the jobs there and then, on the caller's thread: a
 * push returns when its jobs have ended. What is left of them (failures, results, jobs of a paused
 * queue) is kept as in any store. See {@link Runs} for how.
 *
 * <p>Safe for use by many threads; each runs its own jobs.
 */
public final class SyncStore implements JobStore {
  private static final int PURGED_AT_ONCE = 500;

  private final MemoryStore jobs;
  private final Runs runs;

  SyncStore(MemoryStore jobs) {
    this.jobs = jobs;
    this.runs = new Runs(jobs, this, new Configurer().environment(Map.of()).store("sync:").build());
  }

  /** Runs jobs as this configuration says, from the next push on. */
  public void configure(Config config) {
    runs.configure(config);
  }

  // ---- applications

  @Override
  public List<UUID> push(List<NewJob> pushed) {
    jobs.purge(PURGED_AT_ONCE);
    return runs.after(pushed, now -> jobs.push(now));
  }

  @Override
  public List<UUID> push(List<NewJob> pushed, LeaseKey parent) {
    return runs.after(pushed, now -> jobs.push(now, parent));
  }

  @Override
  public List<JobView> find(Collection<UUID> ids) {
    return jobs.find(ids);
  }

  @Override
  public Map<UUID, CancelAnswer> cancel(Collection<UUID> ids) {
    Map<UUID, CancelAnswer> answers = jobs.cancel(ids);
    answers.forEach((id, answer) -> {
      if (answer == CancelAnswer.REQUESTED) {
        runs.cancel(id);
      }
    });
    return answers;
  }

  @Override
  public Subscription listen(StoreListener listener) {
    return jobs.listen(listener);
  }

  @Override
  public void signal(List<Signal> signals) {
    jobs.signal(signals);
  }

  @Override
  public Subscription hear(String topic, Consumer<Signal> ear) {
    return jobs.hear(topic, ear);
  }

  // ---- nodes: they find only what no push has run

  @Override
  public Session join(NodeInfo node) {
    return jobs.join(node);
  }

  @Override
  public Leased lease(LeaseRequest request) {
    return jobs.lease(request);
  }

  @Override
  public int backlog(String queue, int atMost) {
    return jobs.backlog(queue, atMost);
  }

  @Override
  public Set<LeaseKey> settle(List<Settlement> settlements) {
    return jobs.settle(settlements);
  }

  @Override
  public boolean beat(Session session) {
    return jobs.beat(session);
  }

  @Override
  public Set<LeaseKey> cancelRequested(Session session) {
    return jobs.cancelRequested(session);
  }

  @Override
  public List<Standing> held(Session session) {
    return jobs.held(session);
  }

  @Override
  public void leave(Session session) {
    jobs.leave(session);
  }

  @Override
  public List<Standing> orphans(Duration lease, int limit) {
    // A session here lives as long as the thread that runs its jobs, and need not beat.
    return List.of();
  }

  @Override
  public int purge(int limit) {
    return jobs.purge(limit);
  }

  // ---- operators

  @Override
  public List<QueueStatus> queues() {
    return jobs.queues();
  }

  @Override
  public List<NodeStatus> nodes() {
    return jobs.nodes();
  }

  @Override
  public JobPage list(JobFilter filter, @Nullable String cursor, int limit) {
    return jobs.list(filter, cursor, limit);
  }

  @Override
  public int retry(JobFilter filter, int limit) {
    return jobs.retry(filter, limit);
  }

  @Override
  public int forget(JobFilter filter, int limit) {
    return jobs.forget(filter, limit);
  }

  @Override
  public int adopt(List<JobView> waiting) {
    return jobs.adopt(waiting);
  }

  @Override
  public void pause(String queue, boolean paused) {
    jobs.pause(queue, paused);
  }

  @Override
  public void put(List<Sample> samples, Duration keep) {
    jobs.put(samples, keep);
  }

  @Override
  public List<Sample> samples(
      String family, @Nullable String series, Step step, Instant from, Instant until) {
    return jobs.samples(family, series, step, from, until);
  }

  @Override
  public int purgeSamples(int limit) {
    return jobs.purgeSamples(limit);
  }

  @Override
  public StoreReport report() {
    return new StoreReport(
        "sync:",
        "the pushing threads of this JVM",
        1,
        null,
        "a push runs the job at once; what is left of it ends with this process",
        List.of());
  }

  @Override
  public void close() {
    runs.close();
    jobs.close();
  }
}
