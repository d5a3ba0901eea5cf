package io.jobyard.store.redis;

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
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.Signal;
import io.jobyard.store.Standing;
import io.jobyard.store.StoreListener;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.StoreReport;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Jobs in Redis. Only puts the parts together: {@link Link} carries out scripts, {@link Lines}
 * knows which queues and shards there are, {@link Wakes} hears what happened. Each {@link Line} is
 * changed in one step by one script (see common.lua for its keys); what spans several is told at
 * {@link Pushing}, {@link Settling}, {@link Sessions} and {@link Externals}.
 *
 * <p>Safe for any thread. Closing it twice is harmless.
 */
final class RedisStore implements JobStore {
  private final Link link;
  private final Wakes wakes;
  private final Lines lines;
  private final Errands errands = new Errands();
  private final Pushing pushing;
  private final Leasing leasing;
  private final Settling settling;
  private final Sessions sessions;
  private final Lookup lookup;
  private final Operating operating;
  private final Adopting adopting;
  private final Report report;

  private RedisStore(Link link, Schema schema, StoreOptions options, LongSupplier nanos) {
    this.link = link;
    wakes = new Wakes(link);
    lines = new Lines(link, options.shards());
    Externals externals = new Externals(link, lines, options.pushTimeout());
    pushing = new Pushing(link, lines, externals);
    sessions = new Sessions(link, lines, errands, nanos);
    leasing = new Leasing(link, lines, sessions);
    settling = new Settling(link, lines, externals, pushing.outbox());
    lookup = new Lookup(link, lines);
    operating = new Operating(link, lines, lookup, externals, sessions, errands);
    adopting = new Adopting(link, lines, externals);
    report = new Report(link, schema);
  }

  static RedisStore open(RedisUrl url, StoreOptions options) {
    Link link = new Link(url, options.pushTimeout());
    try {
      Schema schema = new Schema(link);
      schema.open(options);
      return new RedisStore(link, schema, options, System::nanoTime);
    } catch (RuntimeException e) {
      link.close();
      throw e;
    }
  }

  @Override
  public List<UUID> push(List<NewJob> jobs) {
    return pushing.push(jobs);
  }

  @Override
  public List<UUID> push(List<NewJob> jobs, LeaseKey parent) {
    return pushing.push(jobs, parent);
  }

  @Override
  public List<JobView> find(Collection<UUID> ids) {
    return lookup.find(ids);
  }

  @Override
  public Map<UUID, CancelAnswer> cancel(Collection<UUID> ids) {
    return operating.cancel(ids);
  }

  @Override
  public Subscription listen(StoreListener listener) {
    return wakes.listen(listener);
  }

  @Override
  public void signal(List<Signal> signals) {
    wakes.signal(signals);
  }

  @Override
  public Subscription hear(String topic, Consumer<Signal> ear) {
    return wakes.hear(topic, ear);
  }

  @Override
  public Session join(NodeInfo node) {
    return sessions.join(node);
  }

  @Override
  public Leased lease(LeaseRequest request) {
    return leasing.lease(request);
  }

  @Override
  public int backlog(String queue, int atMost) {
    return operating.backlog(queue, atMost);
  }

  @Override
  public Set<LeaseKey> settle(List<Settlement> settlements) {
    return settling.settle(settlements);
  }

  @Override
  public boolean beat(Session session) {
    return sessions.beat(session);
  }

  @Override
  public Set<LeaseKey> cancelRequested(Session session) {
    return sessions.cancelRequested(session);
  }

  @Override
  public List<Standing> held(Session session) {
    return sessions.held(session);
  }

  @Override
  public void leave(Session session) {
    sessions.leave(session);
  }

  @Override
  public List<Standing> orphans(Duration lease, int limit) {
    List<Standing> orphans = sessions.orphans(lease, limit);
    pushing.outbox().deliverLate(errands.deliveries());
    return orphans;
  }

  @Override
  public int purge(int limit) {
    return operating.purge(limit);
  }

  @Override
  public List<QueueStatus> queues() {
    return operating.queues();
  }

  @Override
  public List<NodeStatus> nodes() {
    return sessions.nodes();
  }

  @Override
  public JobPage list(JobFilter filter, @Nullable String cursor, int limit) {
    return lookup.list(filter, cursor, limit);
  }

  @Override
  public int retry(JobFilter filter, int limit) {
    return operating.retry(filter, limit);
  }

  @Override
  public int forget(JobFilter filter, int limit) {
    return operating.forget(filter, limit);
  }

  @Override
  public int adopt(List<JobView> jobs) {
    return adopting.adopt(jobs);
  }

  @Override
  public void pause(String queue, boolean paused) {
    operating.pause(queue, paused);
  }

  @Override
  public StoreReport report() {
    return report.make();
  }

  @Override
  public void close() {
    wakes.close();
    link.close();
  }
}
