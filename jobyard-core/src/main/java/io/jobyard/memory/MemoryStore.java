package io.jobyard.memory;

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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The reference store: jobs live in this JVM and die with it. Also for users' tests, with a clock
 * of their own.
 *
 * <p>Who writes a store reads this package first: {@link StoredJob} has the transitions, {@link
 * Line} the order of a queue, {@link Sessions} who lives; {@link Producers}, {@link Dispatchers}
 * and {@link Operators} answer the SPI's roles. This class is the door: it makes each call one
 * step. Thread-safe; open from construction until it is closed.
 */
public final class MemoryStore implements JobStore {
  private final Memory memory;
  private final String url;
  private final Runnable onClose;
  private final Producers producers;
  private final Dispatchers dispatchers;
  private final Operators operators;
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** A store of its own, on the machine's clocks. */
  public MemoryStore() {
    this(InstantSource.system(), System::nanoTime);
  }

  /**
   * A store of its own.
   *
   * @param clock decides delays and what operators see
   * @param nanoTime a monotonic clock as {@link System#nanoTime()}; decides which sessions live
   */
  public MemoryStore(InstantSource clock, LongSupplier nanoTime) {
    this(new Memory(clock, nanoTime, new SplittableRandom()), "memory:", () -> {});
  }

  MemoryStore(Memory memory, String url, Runnable onClose) {
    this.memory = memory;
    this.url = url;
    this.onClose = onClose;
    this.producers = new Producers(memory);
    this.dispatchers = new Dispatchers(memory);
    this.operators = new Operators(memory);
  }

  /** Another store on the same jobs, as a second process would open it. */
  public MemoryStore sibling() {
    return sibling(StoreOptions.defaults());
  }

  /**
   * As {@link #sibling()}, for a process that opens it like this.
   *
   * @throws io.jobyard.JobyardException if the jobs belong to another
   */
  public MemoryStore sibling(StoreOptions options) {
    memory.admit(options, url);
    return new MemoryStore(memory, url, () -> {});
  }

  private <T> T step(Supplier<T> call) {
    if (closed.get()) {
      throw new IllegalStateException("the store " + url + " is closed; open it again");
    }
    return memory.step(call);
  }

  private void step(Runnable call) {
    Boolean unused =
        step(() -> {
          call.run();
          return true;
        });
  }

  // ---- applications

  @Override
  public List<UUID> push(List<NewJob> jobs) {
    return step(() -> producers.push(jobs));
  }

  @Override
  public List<UUID> push(List<NewJob> jobs, LeaseKey parent) {
    return step(() -> producers.push(jobs, parent));
  }

  @Override
  public List<JobView> find(Collection<UUID> ids) {
    return step(() -> producers.find(ids));
  }

  @Override
  public Map<UUID, CancelAnswer> cancel(Collection<UUID> ids) {
    return step(() -> producers.cancel(ids));
  }

  @Override
  public Subscription listen(StoreListener listener) {
    memory.wakes.add(listener);
    return kept(() -> memory.wakes.remove(listener));
  }

  @Override
  public void signal(List<Signal> signals) {
    step(() -> memory.signals.send(signals));
  }

  @Override
  public Subscription hear(String topic, Consumer<Signal> ear) {
    return kept(step(() -> memory.signals.hear(topic, ear)));
  }

  /** Ends with the store at the latest. */
  private Subscription kept(Subscription subscription) {
    subscriptions.add(subscription);
    return subscription;
  }

  // ---- nodes

  @Override
  public Session join(NodeInfo node) {
    return step(() -> dispatchers.join(node));
  }

  @Override
  public Leased lease(LeaseRequest request) {
    return step(() -> dispatchers.lease(request));
  }

  @Override
  public int backlog(String queue, int atMost) {
    return step(() -> dispatchers.backlog(queue, atMost));
  }

  @Override
  public Set<LeaseKey> settle(List<Settlement> settlements) {
    return step(() -> dispatchers.settle(settlements));
  }

  @Override
  public boolean beat(Session session) {
    return step(() -> dispatchers.beat(session));
  }

  @Override
  public Set<LeaseKey> cancelRequested(Session session) {
    return step(() -> dispatchers.cancelRequested(session));
  }

  @Override
  public List<Standing> held(Session session) {
    return step(() -> dispatchers.held(session));
  }

  @Override
  public void leave(Session session) {
    step(() -> dispatchers.leave(session));
  }

  // ---- janitors

  @Override
  public List<Standing> orphans(Duration lease, int limit) {
    return step(() -> dispatchers.orphans(lease, limit));
  }

  @Override
  public int purge(int limit) {
    return step(() -> operators.purge(limit));
  }

  // ---- operators

  @Override
  public List<QueueStatus> queues() {
    return step(operators::queues);
  }

  @Override
  public List<NodeStatus> nodes() {
    return step(operators::nodes);
  }

  @Override
  public JobPage list(JobFilter filter, @Nullable String cursor, int limit) {
    return step(() -> operators.list(filter, cursor, limit));
  }

  @Override
  public int retry(JobFilter filter, int limit) {
    return step(() -> operators.retry(filter, limit));
  }

  @Override
  public int forget(JobFilter filter, int limit) {
    return step(() -> operators.forget(filter, limit));
  }

  @Override
  public int adopt(List<JobView> jobs) {
    return step(() -> operators.adopt(jobs));
  }

  @Override
  public void pause(String queue, boolean paused) {
    step(() -> operators.pause(queue, paused));
  }

  // ---- numbers with history

  @Override
  public void put(List<Sample> samples, Duration keep) {
    step(() -> memory.samples.put(samples, keep));
  }

  @Override
  public List<Sample> samples(
      String family, @Nullable String series, Step step, Instant from, Instant until) {
    return step(() -> memory.samples.find(family, series, step, from, until));
  }

  @Override
  public int purgeSamples(int limit) {
    return step(() -> memory.samples.purge(memory.now(), limit));
  }

  @Override
  public StoreReport report() {
    return new StoreReport(
        url,
        "memory of this JVM",
        1,
        step(memory::env),
        "a push survives nothing: jobs end with this process",
        List.of());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      subscriptions.forEach(Subscription::close);
      onClose.run();
    }
  }
}
