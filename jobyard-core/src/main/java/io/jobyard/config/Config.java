package io.jobyard.config;

import io.jobyard.store.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All of Jobyard's configuration: validated, immutable.
 *
 * @param base the folder that relative paths start from: the one of jobyard.yaml, or the working
 *     directory
 * @param node this node's name
 * @param store the store's URL
 * @param env the environment this process belongs to; null asks for no check
 * @param classpath the jobs' code: jars, folders and {@code dir/*.jar} globs; empty means the class
 *     path of this very process
 * @param onStart class that runs in every worker before its first job; or null
 * @param watch whether a change under the class path reloads by itself
 * @param aot whether workers start from a cache of linked classes
 * @param runDir where the node keeps its pid file, sockets' addresses and copies of the class path
 * @param log where and how to log
 * @param lease how long a silent node keeps its jobs
 * @param stopTimeout how long a stop waits for running jobs
 * @param pushTimeout how long a push may take
 * @param pushBuffer how many jobs to keep in memory while the store is away; 0 for none
 * @param migrate whether opening a store may bring its schema up to date
 * @param tables tables in memory that the node's workers share
 * @param shippingKey what code that comes with jobs is signed with; null where none travels
 * @param queues the queues this node serves, {@code default} among them
 * @param http where and for whom it answers HTTP
 * @param statsTtl how long numbers with history are kept
 * @param faktory where to listen for the Faktory protocol; null is nowhere
 */
public record Config(
    Path base,
    String node,
    String store,
    @Nullable String env,
    List<String> classpath,
    @Nullable String onStart,
    boolean watch,
    boolean aot,
    Path runDir,
    LogConfig log,
    Duration lease,
    Duration stopTimeout,
    Duration pushTimeout,
    int pushBuffer,
    boolean migrate,
    List<TableConfig> tables,
    @Nullable ShippingKey shippingKey,
    Map<String, QueueConfig> queues,
    HttpConfig http,
    Duration statsTtl,
    @Nullable FaktoryConfig faktory) {
  public Config {
    classpath = List.copyOf(classpath);
    tables = List.copyOf(tables);
    queues = Map.copyOf(queues);
    Keys.NODE.check("", node);
    Keys.STORE.check("", store);
    Keys.ENV.check("", env);
    Keys.CLASSPATH.check("", classpath);
    Keys.ON_START.check("", onStart);
    Keys.LEASE.check("", lease);
    Keys.STOP_TIMEOUT.check("", stopTimeout);
    Keys.PUSH_TIMEOUT.check("", pushTimeout);
    Keys.PUSH_BUFFER.check("", pushBuffer);
    Keys.STATS_TTL.check("", statsTtl);
    queues.values().forEach(queue -> checkMode(queue, store));
    checkPools(queues);
    checkWatch(watch, classpath);
  }

  private static void checkWatch(boolean watch, List<String> classpath) {
    if (watch && classpath.isEmpty()) {
      throw new ConfigInvalid(
          List.of(
              "watch is true and there is nothing to watch; name the jobs' jars or folders in"
                  + " classpath, or leave watch out"));
    }
  }

  /** Queues that share processes must agree on them. */
  private static void checkPools(Map<String, QueueConfig> queues) {
    var unused = Pool.among(queues.values());
  }

  private static void checkMode(QueueConfig queue, String store) {
    boolean inProcess = store.startsWith("memory:") || store.startsWith("sync:");
    if (queue.grabs() && inProcess) {
      throw new ConfigInvalid(
          List.of(
              "queues."
                  + queue.name()
                  + ".mode must be distribute with the store '"
                  + store
                  + "', which only one process can open, got grab; choose another store, such as"
                  + " sqlite:jobyard.db"));
    }
  }

  /** A configuration that listens nowhere. */
  public Config(
      Path base,
      String node,
      String store,
      @Nullable String env,
      List<String> classpath,
      @Nullable String onStart,
      boolean watch,
      boolean aot,
      Path runDir,
      LogConfig log,
      Duration lease,
      Duration stopTimeout,
      Duration pushTimeout,
      int pushBuffer,
      boolean migrate,
      List<TableConfig> tables,
      @Nullable ShippingKey shippingKey,
      Map<String, QueueConfig> queues) {
    this(
        base,
        node,
        store,
        env,
        classpath,
        onStart,
        watch,
        aot,
        runDir,
        log,
        lease,
        stopTimeout,
        pushTimeout,
        pushBuffer,
        migrate,
        tables,
        shippingKey,
        queues,
        HttpConfig.OFF,
        Keys.STATS_TTL.standard(),
        null);
  }

  /** How to open this configuration's store. */
  public StoreOptions storeOptions() {
    Map<String, Integer> shards = new HashMap<>();
    queues.forEach((name, queue) -> shards.put(name, queue.shards()));
    return new StoreOptions(base, migrate, pushTimeout, env, shards);
  }

  /** The settings of a queue: its own, or the defaults for one that is not configured here. */
  public QueueConfig queue(String name) {
    QueueConfig own = queues.get(name);
    return own != null ? own : QueueConfig.named(name);
  }

  /**
   * Where and how to log.
   *
   * @param dir log files go here, rotated daily, 30 kept
   * @param level error, warn, info, debug or trace
   */
  public record LogConfig(Path dir, String level) {
    public LogConfig {
      Keys.LOG_LEVEL.check("log.", level);
    }
  }
}
