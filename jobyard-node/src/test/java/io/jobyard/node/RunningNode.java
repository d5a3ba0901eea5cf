package io.jobyard.node;

import static org.awaitility.Awaitility.await;

import io.jobyard.JobState;
import io.jobyard.codec.Encoded;
import io.jobyard.config.Commands;
import io.jobyard.config.Config;
import io.jobyard.config.Delivery;
import io.jobyard.config.Mode;
import io.jobyard.config.QueueConfig;
import io.jobyard.config.ShippingKey;
import io.jobyard.config.Staffing;
import io.jobyard.config.TableConfig;
import io.jobyard.memory.MemoryStore;
import io.jobyard.node.control.NodeControl;
import io.jobyard.node.control.StatusView;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.store.Order;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Stores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A node in this process with real worker processes: on a store in memory, or on a file where its
 * workers take their jobs themselves.
 */
final class RunningNode implements AutoCloseable {
  static final TableConfig TABLE =
      new TableConfig("sums", 16, List.of(TableConfig.Column.parse("count", "int")));

  static final ShippingKey SHIPPING = new ShippingKey("a secret of these tests");

  private static final String MEMORY = "memory:";

  final JobStore store;
  final Path dir;
  final Config config;
  final Manager manager;

  RunningNode(Path dir, UnaryOperator<Config> change, QueueConfig... queues) {
    this.dir = dir;
    this.config = change.apply(config(dir, "test", queues));
    Supplier<JobStore> nodes;
    if (config.store().equals(MEMORY)) {
      MemoryStore memory = new MemoryStore();
      this.store = memory;
      nodes = memory::sibling;
    } else {
      this.store = Stores.open(config.store(), config.storeOptions());
      nodes = () -> Stores.open(config.store(), config.storeOptions());
    }
    this.manager = new Manager(config, config.queues().keySet(), nodes).boot();
  }

  static Config config(Path dir, String node, QueueConfig... queues) {
    Map<String, QueueConfig> byName =
        Stream.of(queues).collect(Collectors.toMap(QueueConfig::name, q -> q));
    return new Config(
        dir,
        node,
        Stream.of(queues).anyMatch(QueueConfig::grabs) ? "sqlite:jobs.db" : MEMORY,
        null,
        List.of(),
        null,
        false,
        false,
        dir.resolve("run"),
        new Config.LogConfig(dir.resolve("logs"), "info"),
        Duration.ofSeconds(15),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        0,
        true,
        List.of(TABLE),
        SHIPPING,
        byName);
  }

  /** Small and strict, so that tests end soon. */
  static QueueConfig queue(String name, int processes, int threads) {
    QueueConfig defaults = QueueConfig.named(name);
    return new QueueConfig(
        name,
        processes,
        threads,
        64L * 1024 * 1024,
        Duration.ofSeconds(30),
        0,
        defaults.backoff(),
        false,
        Duration.ofMillis(200),
        0,
        Order.FIFO,
        1,
        1,
        3,
        defaults.resultTtl(),
        Duration.ofHours(1),
        Duration.ofMillis(300),
        null,
        null,
        Commands.NONE,
        Staffing.DEFAULT,
        null);
  }

  /** The same, in this mode. */
  static QueueConfig in(Mode mode, QueueConfig queue) {
    return staffed(queue, new Staffing(mode, null, null, 0, Duration.ZERO, 0, null));
  }

  /** The same, with the processes of this pool. */
  static QueueConfig pooled(Mode mode, String pool, QueueConfig queue) {
    return staffed(queue, new Staffing(mode, pool, null, 0, Duration.ZERO, 0, null));
  }

  /** The same, staffed like this. */
  static QueueConfig staffed(QueueConfig queue, Staffing staffing) {
    return change(
        queue,
        queue.timeout(),
        queue.onStart(),
        queue.killGrace(),
        queue.commands(),
        staffing,
        queue.delivery());
  }

  static QueueConfig timeout(QueueConfig queue, Duration timeout) {
    return change(
        queue,
        timeout,
        queue.onStart(),
        queue.killGrace(),
        queue.commands(),
        queue.staffing(),
        queue.delivery());
  }

  static QueueConfig onStart(QueueConfig queue, String className) {
    return change(
        queue,
        queue.timeout(),
        className,
        queue.killGrace(),
        queue.commands(),
        queue.staffing(),
        queue.delivery());
  }

  static QueueConfig commands(QueueConfig queue, Commands commands) {
    // A busy machine needs its time to look through the process table.
    return change(
        queue,
        queue.timeout(),
        queue.onStart(),
        Duration.ofSeconds(6),
        commands,
        queue.staffing(),
        queue.delivery());
  }

  /** The same, whose jobs all go out. */
  static QueueConfig delivering(QueueConfig queue, Delivery delivery) {
    return change(
        queue,
        queue.timeout(),
        queue.onStart(),
        queue.killGrace(),
        queue.commands(),
        queue.staffing(),
        delivery);
  }

  private static QueueConfig change(
      QueueConfig queue,
      Duration timeout,
      @Nullable String onStart,
      Duration killGrace,
      Commands commands,
      Staffing staffing,
      @Nullable Delivery delivery) {
    return new QueueConfig(
        queue.name(),
        queue.processes(),
        queue.threads(),
        queue.memory(),
        timeout,
        queue.retries(),
        queue.backoff(),
        queue.retryTimeouts(),
        queue.poll(),
        queue.limit(),
        queue.order(),
        queue.shards(),
        queue.maxCrashes(),
        queue.maxLost(),
        queue.resultTtl(),
        queue.keepSucceeded(),
        killGrace,
        onStart,
        queue.onFailure(),
        commands,
        staffing,
        delivery);
  }

  String controlSocket() throws IOException {
    String json = Files.readString(config.runDir().resolve("node.json"));
    return json.replaceFirst("(?s).*\"control\":\"([^\"]*)\".*", "$1");
  }

  UUID push(String queue, String kind, String json) {
    UUID id = UUID.randomUUID();
    store.push(List.of(NewJob.of(id, queue, kind, json.getBytes(StandardCharsets.UTF_8))));
    return id;
  }

  UUID push(String queue, Encoded job, Duration timeout) {
    UUID id = UUID.randomUUID();
    store.push(
        List.of(
            new NewJob(
                id,
                null,
                queue,
                job.kind(),
                job.payload(),
                NewJob.Due.NOW,
                0,
                null,
                job.task(),
                new JobSettings(3, null, timeout, null),
                null,
                null,
                null,
                null)));
    return id;
  }

  void pushMany(String queue, String kind, String json, int count) {
    var jobs = new ArrayList<NewJob>();
    for (int i = 0; i < count; i++) {
      jobs.add(NewJob.of(UUID.randomUUID(), queue, kind, json.getBytes(StandardCharsets.UTF_8)));
    }
    store.push(jobs);
  }

  JobView job(UUID id) {
    return store.find(List.of(id)).getFirst();
  }

  JobView awaitEnd(UUID id) {
    waiting("the end of job " + id).until(() -> job(id).state().finished());
    return job(id);
  }

  /** Waits for a queue that the node is about to serve. */
  QueueStatus status(String queue) {
    return listed(queue)
        .orElseGet(() ->
            waiting("queue " + queue)
                .until(() -> listed(queue), Optional::isPresent)
                .orElseThrow());
  }

  private Optional<QueueStatus> listed(String queue) {
    return store.queues().stream().filter(q -> q.queue().equals(queue)).findFirst();
  }

  long count(String queue, JobState state) {
    return store.list(JobFilter.of(queue, state), null, 10_000).jobs().size();
  }

  StatusView workers() {
    try (NodeControl control = NodeControl.connect(config.runDir())) {
      return control.status();
    }
  }

  static ConditionFactory waiting(String what) {
    return await(what).atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(20));
  }

  static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  @Override
  public void close() {
    manager.close();
    store.close();
  }
}
