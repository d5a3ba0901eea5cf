package io.jobyard.store.mysql;

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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Jobs in MySQL or MariaDB. Only puts the parts together: {@link Database} has the connections,
 * {@link Bell} wakes who listens. What callers ask for is done by {@link Producing}, {@link
 * Leasing}, {@link Settling}, {@link Sessions}, {@link Lookup}, {@link Counting} and {@link
 * Operating}.
 *
 * <p>Safe for any thread. Closing it twice is harmless.
 */
final class MysqlStore implements JobStore, TransactionalStore {
  private final Database database;
  private final Bell bell;
  private final Producing producing;
  private final Leasing leasing;
  private final Settling settling;
  private final Sessions sessions;
  private final Lookup lookup;
  private final Counting counting;
  private final Samples samples;
  private final Operating operating;
  private final Report report;

  private MysqlStore(Database database, Schema schema) {
    this.database = database;
    bell = new Bell(database);
    Queues queues = new Queues(database);
    Inserts inserts = new Inserts(queues);
    sessions = new Sessions(database, bell, queues);
    Counters counters = new Counters(sessions);
    Heads heads = new Heads();
    producing = new Producing(database, bell, queues, inserts, heads);
    leasing = new Leasing(database, bell, queues, heads);
    settling = new Settling(database, bell, queues, inserts, counters, heads);
    lookup = new Lookup(database);
    counting = new Counting(database, queues);
    samples = new Samples(database);
    operating = new Operating(database, bell, queues, counters, heads);
    report = new Report(database, schema);
  }

  /**
   * Opens the store, creating and migrating it where the options allow.
   *
   * @param now what says the moment; see {@link Sql}
   */
  static MysqlStore open(MysqlUrl url, StoreOptions options, String now) {
    Database database = new Database(url, options.pushTimeout(), now);
    try {
      Schema schema = new Schema(url);
      database.<Boolean>alone(tx -> {
        Version.of(tx).requireSupported(url);
        schema.requireEnv(tx, options.env());
        if (options.migrate() && !schema.pending(tx).isEmpty()) {
          schema.migrate(tx);
        }
        schema.requireUpToDate(tx);
        schema.admit(tx, options);
        return true;
      });
      return new MysqlStore(database, schema);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  @Override
  public List<UUID> push(List<NewJob> jobs) {
    return producing.push(jobs, (LeaseKey) null);
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
  public void signal(List<Signal> signals) {
    bell.signal(signals);
  }

  @Override
  public Subscription hear(String topic, Consumer<Signal> ear) {
    return bell.hear(topic, ear);
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
    return producing.adopt(jobs);
  }

  @Override
  public void pause(String queue, boolean paused) {
    operating.pause(queue, paused);
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
    bell.close();
    database.close();
  }
}
