package io.jobyard.scenarios;

import static org.awaitility.Awaitility.await;

import io.jobyard.JobState;
import io.jobyard.StoreUnavailable;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.store.Payload;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;

/**
 * Where a scenario plays: a store, a folder with the ledger, and the nodes that were started. Keeps
 * in mind every job whose push was acknowledged, so that it can say in the end that none is
 * missing. For one thread, but pushing is for many; closing it ends every process.
 */
final class Scene implements AutoCloseable {
  static final String QUEUE = "default";

  private static final Set<String> TASKS = Set.of("chaos-value", "chaos-tick");

  final Path dir;
  final String url;
  final Ledger ledger;
  final JobStore store;
  final Set<UUID> pushed = Collections.synchronizedSet(new LinkedHashSet<>());

  /** Those whose value is kept, and names the run that the store took it of. */
  final Set<UUID> valued = Collections.synchronizedSet(new LinkedHashSet<>());

  final Pulse pulse;
  private final List<ChaosNode> nodes = new ArrayList<>();

  /** On a file of SQLite. */
  Scene(Path dir) {
    this(dir, Ground.SQLITE.place(dir));
  }

  Scene(Path dir, String url) {
    this.dir = dir;
    this.url = url;
    this.ledger = new Ledger(dir.resolve("ledger"));
    this.store = open();
    this.pulse = new Pulse(store);
  }

  /** The store as one more application sees it. */
  JobStore open() {
    return Stores.open(url, StoreOptions.defaults());
  }

  /**
   * Starts a node.
   *
   * @param settings lines of a jobyard.yaml, beside those for where things lie; no cache of classes
   *     is made unless they ask for it, since most nodes here do not live long enough to use it
   */
  ChaosNode node(String name, String settings) throws IOException {
    return node(name, settings, List.of());
  }

  ChaosNode node(String name, String settings, List<String> wrapper) throws IOException {
    Path home = Files.createDirectories(dir.resolve(name));
    Path yaml = home.resolve("jobyard.yaml");
    Files.writeString(
        yaml,
        """
        node: %s
        store: %s
        run-dir: %s
        """
                .formatted(name, url, home.resolve("run"))
            + unless(settings, "on-start", ChaosJobs.Boot.class.getName())
            + unless(settings, "aot", "false")
            + settings);
    ChaosNode node = ChaosNode.start(yaml, name, wrapper);
    nodes.add(node);
    return node;
  }

  /** A line for what the settings leave open. */
  private static String unless(String settings, String key, String value) {
    return settings.contains(key + ":") ? "" : key + ": " + value + "\n";
  }

  /** Pushes a job to the default queue; these fields are added to the ledger's path. */
  UUID push(String kind, String fields) {
    return pushAll(QUEUE, kind, fields, 1).getFirst();
  }

  /** Pushes jobs in one batch; these fields are added to the ledger's path. */
  List<UUID> pushAll(String queue, String kind, String fields, int count) {
    return push(Stream.generate(() -> logged(queue, kind, fields)).limit(count).toList());
  }

  /** Pushes a batch. */
  List<UUID> push(List<NewJob> jobs) {
    List<UUID> ids = store.push(jobs);
    acknowledged(jobs, ids);
    return ids;
  }

  /**
   * Pushes a batch, if need be again and again until it is acknowledged.
   *
   * @return how often it was refused because the store was away
   */
  int insist(JobStore through, List<NewJob> jobs) {
    AtomicInteger tries = new AtomicInteger(-1);
    waiting(Duration.ofMinutes(2), "a push to be acknowledged")
        .pollDelay(Duration.ZERO)
        .until(() -> {
          tries.incrementAndGet();
          return acknowledged(jobs, through.push(jobs));
        });
    return tries.get();
  }

  private boolean acknowledged(List<NewJob> jobs, List<UUID> ids) {
    jobs.stream().filter(NewJob::task).map(NewJob::id).forEach(valued::add);
    return pushed.addAll(ids);
  }

  /** A job that knows the ledger. */
  NewJob logged(String queue, String kind, String fields) {
    return job(queue, kind, "\"ledger\":\"" + ledger.file() + "\"" + fields);
  }

  /** A job with these fields as its payload. */
  static NewJob job(String queue, String kind, String fields) {
    byte[] json = ("{" + fields + "}").getBytes(StandardCharsets.UTF_8);
    return new NewJob(
        UUID.randomUUID(),
        null,
        queue,
        kind,
        Payload.json(json),
        NewJob.Due.NOW,
        0,
        null,
        TASKS.contains(kind),
        JobSettings.NONE,
        null,
        null,
        null,
        null);
  }

  JobView view(UUID id) {
    return store.find(List.of(id)).getFirst();
  }

  JobView awaitState(UUID id, JobState state, Duration patience) {
    waiting(patience, "job " + id + " to be " + state).until(() -> view(id).state() == state);
    return view(id);
  }

  QueueStatus status(String queue) {
    return store.queues().stream().filter(q -> q.queue().equals(queue)).findFirst().orElseThrow();
  }

  QueueStatus status() {
    return status(QUEUE);
  }

  /** Waits until nothing of a queue waits or runs any more. */
  void awaitDrained(Duration patience) {
    awaitDrained(QUEUE, patience);
  }

  void awaitDrained(String queue, Duration patience) {
    waiting(patience, "the queue to be empty")
        .until(() -> status(queue), now -> now.ready() + now.scheduled() + now.running() == 0);
  }

  /** Every job is in exactly one of the seven counts. */
  static long sum(QueueStatus status) {
    return status.ready()
        + status.scheduled()
        + status.running()
        + status.succeeded()
        + status.failed()
        + status.cancelled()
        + status.forgotten();
  }

  List<JobView> failed() {
    return store.list(JobFilter.of(QUEUE, JobState.FAILED), null, 10_000).jobs();
  }

  static ConditionFactory waiting(Duration patience, String what) {
    return await(what)
        .atMost(patience)
        .pollInterval(Duration.ofMillis(20))
        .ignoreException(StoreUnavailable.class);
  }

  /** Lets things go on for a while; only between harms, never in place of a condition. */
  static void pause(Duration time) {
    await().pollDelay(time).atMost(time.plusSeconds(10)).until(() -> true);
  }

  @Override
  public void close() {
    nodes.forEach(ChaosNode::close);
    pulse.close();
    store.close();
  }
}
