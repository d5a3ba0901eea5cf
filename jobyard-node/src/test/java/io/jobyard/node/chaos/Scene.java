package io.jobyard.node.chaos;

import static org.awaitility.Awaitility.await;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;

/**
 * Where a scenario plays: a folder with one SQLite file, the ledger beside it, and the nodes that
 * were started on it. Keeps in mind every job pushed, so that it can say in the end that none is
 * missing. For one thread; closing it ends every process.
 */
final class Scene implements AutoCloseable {
  static final String QUEUE = "default";

  final Path dir;
  final Ledger ledger;
  final JobStore store;
  final Set<UUID> pushed = new LinkedHashSet<>();
  private final List<ChaosNode> nodes = new ArrayList<>();

  Scene(Path dir) {
    this.dir = dir;
    this.ledger = new Ledger(dir.resolve("ledger"));
    this.store = Stores.open(url(), StoreOptions.defaults());
  }

  String url() {
    return "sqlite:" + dir.resolve("jobs.db");
  }

  /**
   * Starts a node.
   *
   * @param settings lines of a jobyard.yaml, beside those for where things lie
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
        on-start: %s
        """
                .formatted(name, url(), home.resolve("run"), ChaosJobs.Boot.class.getName())
            + settings);
    ChaosNode node = ChaosNode.start(yaml, name, wrapper);
    nodes.add(node);
    return node;
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
    pushed.addAll(ids);
    return ids;
  }

  /** A job that knows the ledger. */
  NewJob logged(String queue, String kind, String fields) {
    return job(queue, kind, "\"ledger\":\"" + ledger.file() + "\"" + fields);
  }

  /** A job with these fields as its payload. */
  static NewJob job(String queue, String kind, String fields) {
    byte[] json = ("{" + fields + "}").getBytes(StandardCharsets.UTF_8);
    return NewJob.of(UUID.randomUUID(), queue, kind, json);
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
    waiting(patience, "the queue to be empty, now " + status())
        .until(() -> {
          QueueStatus now = status();
          return now.ready() + now.scheduled() + now.running() == 0;
        });
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

  /** The process that holds the file's write lock; asks the system, not the store. */
  OptionalLong writer() {
    try {
      long inode = (long) Files.getAttribute(dir.resolve("jobs.db-shm"), "unix:ino");
      return Files.readAllLines(Path.of("/proc/locks")).stream()
          .map(line -> line.strip().split("\\s+", -1))
          .filter(words -> words.length == 8 && words[3].equals("WRITE"))
          .filter(words -> words[5].endsWith(":" + inode) && words[6].equals("120"))
          .mapToLong(words -> Long.parseLong(words[4]))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ConditionFactory waiting(Duration patience, String what) {
    return await(what).atMost(patience).pollInterval(Duration.ofMillis(20));
  }

  @Override
  public void close() {
    nodes.forEach(ChaosNode::close);
    store.close();
  }
}
