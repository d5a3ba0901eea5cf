package io.jobyard;

import io.jobyard.codec.JobCodec;
import io.jobyard.config.Config;
import io.jobyard.config.Configs;
import io.jobyard.config.Configurer;
import io.jobyard.run.Ids;
import io.jobyard.run.JobPusher;
import io.jobyard.run.LocalNode;
import io.jobyard.run.StorePort;
import io.jobyard.run.Watcher;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.Stores;
import java.nio.file.Path;
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
  private final JobPusher pusher;

  private Jobyard(Config config, JobStore store) {
    this.config = config;
    this.store = store;
    StorePort port = new StorePort(store);
    this.watcher = new Watcher(port);
    this.pusher = new JobPusher(new JobCodec(), new Ids(), port, watcher);
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
    return new Jobyard(config, Stores.open(config.store(), config.storeOptions()));
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

  @Override
  public void close() {
    watcher.close();
    store.close();
  }
}
