package io.jobyard;

import io.jobyard.codec.JobCodec;
import io.jobyard.config.Config;
import io.jobyard.config.Configs;
import io.jobyard.config.Configurer;
import io.jobyard.run.Deferral;
import io.jobyard.run.Ids;
import io.jobyard.run.JobPusher;
import io.jobyard.run.LocalNode;
import io.jobyard.run.PushBuffer;
import io.jobyard.run.PushPort;
import io.jobyard.run.StorePort;
import io.jobyard.run.Watcher;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Stores;
import io.jobyard.store.TransactionalStore;
import io.jobyard.sync.SyncStore;
import io.jobyard.talk.Ears;
import io.jobyard.talk.Talk;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An application's way to its jobs: pushes them, watches them, cancels them. Open one, share it
 * among all threads, close it at the end; closing twice is harmless, and what was pushed goes on.
 *
 * <pre>{@code
 * try (Jobyard yard = Jobyard.open()) {
 *   yard.push(new SendWelcome(42));
 * }
 * }</pre>
 */
public final class Jobyard implements Pusher, AutoCloseable {
  private final Config config;
  private final JobStore store;
  private final Watcher watcher;
  private final Talk talk;
  private final Ears ears;
  private final JobCodec codec;
  private final Ids ids = new Ids();
  private final PushPort port;
  private final @Nullable PushBuffer buffer;
  private final JobPusher pusher;

  private Jobyard(Config config, JobStore store) {
    this.config = config;
    this.store = store;
    this.codec = new JobCodec(config.shippingKey());
    StorePort direct = new StorePort(store);
    this.watcher = new Watcher(direct);
    this.talk = new Talk(Stores.scheme(config.store()), store);
    this.ears = new Ears(talk);
    this.buffer =
        config.pushBuffer() == 0
            ? null
            : new PushBuffer(direct, config.pushBuffer(), config.pushTimeout());
    this.port = buffer != null ? buffer : direct;
    this.pusher = new JobPusher(codec, ids, port, watcher, ears);
  }

  /**
   * Opens the store of jobyard.yaml in the working directory; without one, {@code
   * sqlite:jobyard.db}.
   *
   * @throws JobyardException if the configuration is wrong or the store cannot be opened
   */
  public static Jobyard open() {
    return open(Configs.load());
  }

  /** Opens this store, such as {@code sqlite:jobyard.db}; all else as {@link #open()}. */
  public static Jobyard open(String store) {
    return open(configure().from(Path.of("")).store(store).build());
  }

  /** Opens the store of a configuration. */
  public static Jobyard open(Config config) {
    JobStore store = Stores.open(config.store(), config.storeOptions());
    if (store instanceof SyncStore sync) {
      sync.configure(config);
    }
    return new Jobyard(config, store);
  }

  /** A configuration in code, for {@link #open(Config)}. */
  public static Configurer configure() {
    return new Configurer();
  }

  /** The configuration it was opened with. */
  public Config config() {
    return config;
  }

  /** The store itself, for tools; closed with this. */
  public JobStore store() {
    return store;
  }

  /** All that is stored of a job; empty for one that succeeded and was removed, or never was. */
  public Optional<JobView> job(UUID id) {
    return watcher.look(id);
  }

  /** The handle of a job that was pushed before, here or elsewhere. */
  public JobHandle<Object> handle(UUID id) {
    return pusher.handle(id);
  }

  /** Cancels a job that waits, at once, or asks for a running one to be stopped. */
  public CancelAnswer cancel(UUID id) {
    Map<UUID, CancelAnswer> answers = store.cancel(List.of(id));
    return answers.getOrDefault(id, CancelAnswer.UNKNOWN);
  }

  /**
   * Pushes within a transaction of the caller's, on the SQL stores: the jobs exist if and only if
   * it commits, and nobody runs them before. The connection stays the caller's, who commits and
   * closes it. Ask the handles only after the commit: before it, and after a rollback, the jobs are
   * not in the store, which counts as SUCCEEDED.
   *
   * @param transaction a connection to the store's own database, not in auto-commit
   * @throws JobyardException if this store has no such transactions
   */
  public Pusher in(Connection transaction) {
    if (!(store instanceof TransactionalStore transactional)) {
      throw new JobyardException(
          "the store "
              + Stores.scheme(config.store())
              + " cannot push within a transaction of yours; SQL stores can (sqlite:, postgresql:,"
              + " mysql:, mariadb:), and afterCommit serves every store");
    }
    PushPort inTransaction = jobs -> transactional.push(jobs, transaction);
    return new JobPusher(codec, ids, inTransaction, watcher, ears);
  }

  /**
   * Pushes after the caller's transaction has committed, and not at all when it rolls back: for
   * frameworks that run something after a commit, on any store. What is pushed is checked at once,
   * collected in memory, and pushed in one batch after the commit; if that fails, the hook's step
   * throws.
   *
   * <p>A crash between the commit and the push loses the jobs, for the transaction does not know of
   * them. Those of {@link #in} cannot be lost.
   *
   * @param hook asked at once, so that the transaction must have begun
   * @return good for this one transaction; in the next, ask for another. Handles count as READY
   *     until the push, and for ever after a rollback
   */
  public Pusher afterCommit(CommitHook hook) {
    return new JobPusher(codec, ids, new Deferral(port, hook), watcher, ears);
  }

  /**
   * Runs jobs of every configured queue inside this application: for tests and small programs. What
   * sets Jobyard apart needs worker processes: see {@code jobyard worker start}.
   *
   * @return close it to stop; running jobs finish within {@code stop-timeout}
   */
  public LocalNode work() {
    return LocalNode.start(store, config, config.queues().keySet());
  }

  /** Runs jobs of these queues; see {@link #work()}. */
  public LocalNode work(String... queues) {
    return LocalNode.start(store, config, Set.of(queues));
  }

  @Override
  public JobHandle<Void> push(Job job, PushOptions options) {
    return pusher.push(job, options);
  }

  @Override
  public <R extends @Nullable Object> JobHandle<R> push(Task<R> task, PushOptions options) {
    return pusher.push(task, options);
  }

  @Override
  public JobHandle<Void> push(Call call, PushOptions options) {
    return pusher.push(call, options);
  }

  @Override
  public <R extends @Nullable Object> JobHandle<R> push(ValueCall<R> call, PushOptions options) {
    return pusher.push(call, options);
  }

  @Override
  public JobHandle<Void> push(Object arguments, PushOptions options) {
    return pusher.push(arguments, options);
  }

  @Override
  public JobHandle<Object> push(String kind, @Nullable Object payload, PushOptions options) {
    return pusher.push(kind, payload, options);
  }

  @Override
  public List<JobHandle<?>> pushAll(Iterable<?> jobs, PushOptions options) {
    return pusher.pushAll(jobs, options);
  }

  @Override
  public <R extends @Nullable Object> List<JobHandle<R>> pushTasks(
      Iterable<? extends Task<R>> tasks, PushOptions options) {
    return pusher.pushTasks(tasks, options);
  }

  /**
   * Ends it. Jobs in the push buffer are stored first, within {@code push-timeout}.
   *
   * @throws StoreUnavailable if some of them could not be; it says how many are lost
   */
  @Override
  public void close() {
    try {
      if (buffer != null) {
        buffer.close();
      }
    } finally {
      watcher.close();
      talk.close();
      ears.close();
      store.close();
    }
  }
}
