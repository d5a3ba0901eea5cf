package io.jobyard.store.postgresql;

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
import io.jobyard.store.StoreOptions;
import io.jobyard.store.StoreReport;
import io.jobyard.store.TransactionalStore;
import io.jobyard.store.jdbc.Heads;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Jobs in PostgreSQL. Only puts the parts together: {@link Pool} has the connections, {@link Bell}
 * wakes who listens, {@link Ear} hears what other processes say. What callers ask for is done by
 * {@link Producing}, {@link Leasing}, {@link Settling}, {@link Sessions}, {@link Lookup}, {@link
 * Counting}, {@link Operating}, {@link Adopting} and {@link Signals}.
 *
 * <p>Safe for any thread. Closing it twice is harmless.
 */
final class PostgresStore implements JobStore, TransactionalStore {
  private final Pool pool;
  private final Bell bell;
  private final Ear ear;
  private final Signals signals;
  private final Producing producing;
  private final Leasing leasing;
  private final Settling settling;
  private final Sessions sessions;
  private final Lookup lookup;
  private final Counting counting;
  private final Samples samples;
  private final Operating operating;
  private final Adopting adopting;
  private final Report report;

  /**
   * @param now as {@link Sql} wants it
   */
  PostgresStore(PostgresUrl url, StoreOptions options, String now) {
    Opening.Found found = new Opening(url, options, now).open();
    Sql sql = found.sql();
    String sender = Long.toString(ThreadLocalRandom.current().nextLong(), 36);
    PostgresErrors errors = new PostgresErrors(url);
    pool = new Pool(url, errors, options.pushTimeout(), found.pooler(), this::lost);
    Channel channel = new Channel(pool, found.identity());
    Queues queues = new Queues(pool, sql);
    Heads heads = new Heads();
    bell = new Bell(channel, queues, heads, sender);
    ear = new Ear(url, channel, sender, this::heard, this::missed, bell::away, this::deafened);
    signals = new Signals(pool, sql, channel, ear, sender);
    Inserts inserts = new Inserts(queues, sql);
    sessions = new Sessions(pool, sql, queues, bell);
    producing = new Producing(pool, url, found.identity(), queues, inserts, bell, channel);
    leasing = new Leasing(pool, sql, queues, heads, sessions);
    settling = new Settling(pool, sql, queues, heads, inserts, sessions, bell);
    lookup = new Lookup(pool, sql);
    counting = new Counting(pool, sql, queues, sessions);
    samples = new Samples(pool, sql);
    operating = new Operating(pool, sql, queues, sessions, bell);
    adopting = new Adopting(pool, sql, queues, bell);
    report = new Report(url, sql, pool, ear, found.pooler());
    bell.start();
    ear.start();
  }

  @Override
  public List<UUID> push(List<NewJob> jobs) {
    return producing.push(jobs);
  }

  @Override
  public List<UUID> push(List<NewJob> jobs, LeaseKey parent) {
    return producing.push(jobs, parent);
  }

  @Override
  public List<UUID> push(List<NewJob> jobs, Connection transaction) {
    return producing.push(jobs, transaction);
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
    return bell.listen(listener);
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
    return counting.backlog(queue, atMost);
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
    return sessions.orphans(lease, limit);
  }

  @Override
  public int purge(int limit) {
    return operating.purge(limit);
  }

  @Override
  public List<QueueStatus> queues() {
    return counting.queues();
  }

  @Override
  public List<NodeStatus> nodes() {
    return sessions.living();
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
  public void signal(List<Signal> all) {
    signals.send(all);
  }

  @Override
  public Subscription hear(String topic, Consumer<Signal> listener) {
    return signals.hear(topic, listener);
  }

  @Override
  public void put(List<Sample> samples, Duration keep) {
    this.samples.put(samples, keep);
  }

  @Override
  public List<Sample> samples(
      String family, @Nullable String series, Step step, Instant from, Instant until) {
    return samples.find(family, series, step, from, until);
  }

  @Override
  public int purgeSamples(int limit) {
    return samples.purge(limit);
  }

  @Override
  public StoreReport report() {
    return report.make();
  }

  @Override
  public void close() {
    signals.close();
    ear.close();
    bell.close();
    pool.close();
  }

  /** A statement found its connection gone. Who listens knows already. */
  private void lost() {
    if (ear.deaf()) {
      bell.away();
    }
  }

  private void deafened() {
    signals.deafened();
  }

  private void missed() {
    signals.missedSome();
    bell.missedSome();
  }

  private void heard(String payload) {
    if (!signals.heard(payload)) {
      bell.heard(payload);
    }
  }
}
