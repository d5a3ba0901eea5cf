package io.jobyard.cli;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.store.Counts;
import io.jobyard.store.JobStore;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** A store shared by name with the commands of this JVM, and a node of the test's own on it. */
final class StoreFixture implements AutoCloseable {
  final Path folder;
  final JobStore store;
  final Session session;

  StoreFixture(Path folder) {
    this.folder = folder;
    String url = "memory:" + folder.getFileName();
    try {
      Files.writeString(folder.resolve("jobyard.yaml"), "node: app-1\nstore: " + url + "\n");
    } catch (IOException e) {
      throw new IllegalStateException("cannot write the test's configuration", e);
    }
    store = Stores.open(url, StoreOptions.defaults());
    session = store.join(new NodeInfo("app-1", 4711, Set.of("default", "mail")));
  }

  Ran run(String... arguments) {
    return Ran.in(folder, arguments);
  }

  /** Pushes by the command line; the id. */
  String push(String queue) {
    return run("push", "send-welcome", "{\"userId\":42}", "--queue", queue, "--id-only")
        .out()
        .strip();
  }

  Lease lease(String queue) {
    return store.lease(new LeaseRequest(session, queue, 1, 1 << 20, Set.of())).leases().getFirst();
  }

  /** Lets the queue's next job end like this. */
  void end(String queue, JobState state) {
    settle(lease(queue), new Settlement.End(state));
  }

  void settle(Lease lease, Settlement.Move move) {
    Failure failure =
        new Failure(
            FailureType.EXCEPTION,
            "java.io.IOException",
            "no route\nto host",
            "at x",
            Instant.EPOCH,
            "app-1",
            17,
            null);
    var job = lease.standing();
    store.settle(
        List.of(
            new Settlement(
                job.key(),
                job.queue(),
                move,
                new Counts(1, 0, 0, 0),
                job.phase(),
                List.of(failure),
                List.of("a line"),
                List.of())));
  }

  @Override
  public void close() {
    store.close();
  }
}
