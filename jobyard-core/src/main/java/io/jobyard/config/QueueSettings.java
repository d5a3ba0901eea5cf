package io.jobyard.config;

import io.jobyard.Backoff;
import io.jobyard.store.Order;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** One queue's settings in code; see {@link QueueConfig} for what each means. For one thread. */
public final class QueueSettings {
  private final String path;
  private final Configurer owner;
  private final List<Consumer<Settings>> code = new ArrayList<>();
  private final List<Consumer<Settings>> deliver = new ArrayList<>();

  QueueSettings(String path, Configurer owner) {
    this.path = path;
    this.owner = owner;
  }

  public QueueSettings mode(Mode mode) {
    return set(QueueKeys.MODE, mode.name().toLowerCase(Locale.ROOT));
  }

  /** Shares its processes with the other queues that name this pool. */
  public QueueSettings pool(String name) {
    return set(QueueKeys.POOL, name);
  }

  public QueueSettings processes(int count) {
    return set(QueueKeys.PROCESSES, Processes.fixed(count));
  }

  /** As many as the waiting jobs need. */
  public QueueSettings processes(int least, int most) {
    return set(QueueKeys.PROCESSES, new Processes(least, most));
  }

  public QueueSettings threads(int count) {
    return set(QueueKeys.THREADS, count);
  }

  /** In bytes. */
  public QueueSettings memory(long bytes) {
    return set(QueueKeys.MEMORY, bytes);
  }

  /** In bytes. */
  public QueueSettings rss(long bytes) {
    return set(QueueKeys.RSS, bytes);
  }

  /** 0 is no limit. */
  public QueueSettings maxJobs(int count) {
    return set(QueueKeys.MAX_JOBS, count);
  }

  /** Zero is no limit. */
  public QueueSettings maxAge(Duration age) {
    return set(QueueKeys.MAX_AGE, age);
  }

  /** A folder; a relative one is below the configuration's base. */
  public QueueSettings heapDump(Path folder) {
    return set(QueueKeys.HEAP_DUMP, folder.toString());
  }

  public QueueSettings timeout(Duration limit) {
    return set(QueueKeys.TIMEOUT, limit);
  }

  public QueueSettings retries(int count) {
    return set(QueueKeys.RETRIES, count);
  }

  public QueueSettings backoff(Backoff waits) {
    return set(QueueKeys.BACKOFF, waits);
  }

  public QueueSettings retryTimeouts(boolean retry) {
    return set(QueueKeys.RETRY_TIMEOUTS, retry);
  }

  public QueueSettings poll(Duration every) {
    return set(QueueKeys.POLL, every);
  }

  /** Over all nodes; 0 is no limit. */
  public QueueSettings limit(int running) {
    return set(QueueKeys.LIMIT, running);
  }

  public QueueSettings order(Order order) {
    return set(QueueKeys.ORDER, order.name().toLowerCase(Locale.ROOT));
  }

  public QueueSettings shards(int parts) {
    return set(QueueKeys.SHARDS, parts);
  }

  public QueueSettings maxCrashes(int count) {
    return set(QueueKeys.MAX_CRASHES, count);
  }

  public QueueSettings maxLost(int count) {
    return set(QueueKeys.MAX_LOST, count);
  }

  public QueueSettings resultTtl(Duration time) {
    return set(QueueKeys.RESULT_TTL, time);
  }

  public QueueSettings keepSucceeded(Duration time) {
    return set(QueueKeys.KEEP_SUCCEEDED, time);
  }

  public QueueSettings killGrace(Duration wait) {
    return set(QueueKeys.KILL_GRACE, wait);
  }

  public QueueSettings onStart(String className) {
    return set(QueueKeys.QUEUE_ON_START, className);
  }

  public QueueSettings onFailure(String className) {
    return set(QueueKeys.ON_FAILURE, className);
  }

  /** The programs that Shell jobs may run: absolute paths, or globs of them. */
  public QueueSettings commands(String... globs) {
    return allow(() -> Stream.of(globs).map(glob -> new Commands.Allowed(glob, null)).toList());
  }

  /** As {@link #commands(String...)}, where arguments are restricted too. */
  public QueueSettings commands(List<Commands.Allowed> programs) {
    return set(QueueKeys.COMMANDS, List.copyOf(programs));
  }

  /** Whether Shell jobs may be scripts. */
  public QueueSettings shell(boolean allowed) {
    return set(QueueKeys.SHELL, allowed);
  }

  /** The user that Shell jobs run as. */
  public QueueSettings runAs(String user) {
    return set(QueueKeys.RUN_AS, user);
  }

  /** The variables that Shell jobs may set: names, or globs such as {@code APP_*}. */
  public QueueSettings commandEnv(String... names) {
    return set(QueueKeys.COMMAND_ENV, List.of(names));
  }

  /** Sends the queue's jobs to a URL, signed, instead of running them in workers. */
  public QueueSettings deliver(String url, String secret) {
    return deliver(QueueKeys.DELIVER_URL, url).deliver(QueueKeys.DELIVER_SECRET, secret);
  }

  /** Whether that URL may lead to this machine or a private network. */
  public QueueSettings deliverPrivate(boolean allowed) {
    return deliver(QueueKeys.DELIVER_ALLOW_PRIVATE, allowed);
  }

  /** How long after its push a job may be put off by the receiver at no cost. */
  public QueueSettings deliverPatience(Duration time) {
    return deliver(QueueKeys.DELIVER_PATIENCE, time);
  }

  private <T> QueueSettings deliver(Key<T> key, T value) {
    if (owner.fits(path + "deliver.", key.name(), key.type(), value)) {
      deliver.add(settings -> settings.put(key, value));
    }
    return this;
  }

  private QueueSettings allow(Supplier<List<Commands.Allowed>> programs) {
    try {
      return set(QueueKeys.COMMANDS, programs.get());
    } catch (IllegalArgumentException e) {
      owner.refuse(path + QueueKeys.COMMANDS.name() + " " + e.getMessage());
      return this;
    }
  }

  void writeTo(Draft draft, String queue) {
    Settings settings = draft.queue(queue);
    code.forEach(step -> step.accept(settings));
    if (!deliver.isEmpty()) {
      Settings delivery = draft.delivery(queue);
      deliver.forEach(step -> step.accept(delivery));
    }
  }

  private <T> QueueSettings set(Key<T> key, T value) {
    if (owner.fits(path, key.name(), key.type(), value)) {
      code.add(settings -> settings.put(key, value));
    }
    return this;
  }
}
