package io.jobyard.store.sqlite;

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
import io.jobyard.store.jdbc.Db;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs in a SQLite file. Only puts the parts together: one connection writes ({@link Writer}), one
 * reads ({@link Reader}), one copies the log back ({@link Checkpointer}); {@link WalFlush} makes
 * pushes durable, {@link WakeBell} wakes who listens. What callers ask for is done by {@link
 * Producing}, {@link Joining}, {@link Leasing}, {@link Settling}, {@link Sessions}, {@link
 * Orphanage}, {@link Lookup}, {@link Counting} and {@link Operating}.
 *
 * <p>Safe for any thread. Closing it twice is harmless.
 */
final class SqliteStore implements JobStore, TransactionalStore {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteStore.class);

  private final SqliteFile file;
  private final WakeBell bell;
  private final Queues queues;
  private final Producing producing;
  private final Joining joining;
  private final Leasing leasing;
  private final Settling settling;
  private final Sessions sessions;
  private final Orphanage orphanage;
  private final Lookup lookup;
  private final Counting counting;
  private final Operating operating;
  private final Signalling signalling;
  private final Samples samples;
  private final Report report;

  /** Closed from the last to the first. */
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  private SqliteStore(
      SqliteFile file,
      StoreOptions options,
      InstantSource clock,
      LongSupplier nanos,
      WalFlush.Disk disk) {
    this.file = file;
    Opening opening = new Opening(file, options);
    SqliteErrors errors = new SqliteErrors(file);
    try {
      Db first = keep(opening.writer());
      Checkpointer checkpointer = keep(new Checkpointer(file, opening.copier()));
      Reader reader = keep(new Reader(file, opening.reader(), errors));
      SharedPage page = keep(opening.page());
      Writer writer =
          keep(
              new Writer(
                  file, first, errors, page, options.pushTimeout(), checkpointer::committed));
      checkpointer.start(writer);
      WalFlush flush = keep(new WalFlush(file, page, disk, options.pushTimeout()));
      bell = keep(new WakeBell(file, writer, clock));
      queues = new Queues(writer);
      Inserts inserts = new Inserts(queues);
      Endings endings = new Endings();
      sessions = new Sessions(writer, reader, bell, queues, clock);
      producing = new Producing(writer, flush, bell, queues, inserts, clock);
      LateBell lateBell = keep(new LateBell(writer, bell));
      joining = new Joining(file, errors, queues, inserts, lateBell, clock);
      leasing = new Leasing(writer, queues, clock);
      settling = new Settling(writer, flush, bell, queues, inserts, endings, sessions, clock);
      orphanage = new Orphanage(writer, reader, bell, nanos);
      lookup = new Lookup(reader, clock);
      signalling = keep(new Signalling(file, writer, reader, bell, clock));
      // Its own: nobody's look at one job waits until a million are counted.
      Reader counter = keep(new Reader(file, opening.reader(), errors));
      counting = new Counting(counter, reader, sessions, clock);
      samples = new Samples(writer, reader, clock);
      Adoption adoption = new Adoption(queues, inserts);
      operating = new Operating(writer, flush, bell, queues, endings, adoption, sessions, clock);
      report = new Report(file, reader);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Opens the store by the machine's clocks. */
  static SqliteStore open(SqliteFile file, StoreOptions options) {
    return open(file, options, InstantSource.system(), System::nanoTime, new WalDisk(file));
  }

  /**
   * Opens the store.
   *
   * @param clock tells when a job is due
   * @param nanos tells how long a session was silent; never jumps
   * @param disk what a push waits for
   */
  static SqliteStore open(
      SqliteFile file,
      StoreOptions options,
      InstantSource clock,
      LongSupplier nanos,
      WalFlush.Disk disk) {
    return new SqliteStore(file, options, clock, nanos, disk);
  }

  @Override
  public List<UUID> push(List<NewJob> jobs) {
    return producing.push(jobs, null);
  }

  @Override
  public List<UUID> push(List<NewJob> jobs, LeaseKey parent) {
    return producing.push(jobs, parent);
  }

  @Override
  public List<UUID> push(List<NewJob> jobs, Connection transaction) {
    return joining.push(jobs, transaction);
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
    signalling.signal(signals);
  }

  @Override
  public Subscription hear(String topic, Consumer<Signal> ear) {
    return signalling.hear(topic, ear);
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
    return counting.backlog(queues.number(queue), atMost);
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
    return orphanage.orphans(lease, limit);
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
    return operating.adopt(jobs);
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
  public synchronized void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.removeLast();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("{}: {} was not closed in order", file, part.getClass().getSimpleName(), e);
      }
    }
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.addLast(part);
    return part;
  }
}
