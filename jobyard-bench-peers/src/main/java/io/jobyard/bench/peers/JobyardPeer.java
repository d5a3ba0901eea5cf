package io.jobyard.bench.peers;

import io.jobyard.Jobyard;
import io.jobyard.JobyardException;
import io.jobyard.PushOptions;
import io.jobyard.bench.Arrangement;
import io.jobyard.bench.NoOp;
import io.jobyard.bench.NodeMain;
import io.jobyard.bench.Stamp;
import io.jobyard.bench.StampFile;
import io.jobyard.store.JobStore;
import io.jobyard.store.QueueStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Jobyard as it is installed: a manager and worker processes of its own. Done is what the store
 * counts as succeeded, so that the way back is in the figures too.
 */
final class JobyardPeer implements Peer {
  private static final String QUEUE = "bench";
  private static final String STARTS = "bench-start";
  private static final int PROCESSES = 2;
  private static final NoOp JOB = new NoOp("x");
  private static final long LOOK = Duration.ofMillis(5).toNanos();
  private static final long LONGEST = Duration.ofMinutes(10).toNanos();

  private final Jobyard yard;
  private final JobStore store;
  private final Process node;
  private final Path stamps;
  private final Path log;
  private int line;
  private @Nullable UUID last;

  JobyardPeer(String url, Path folder) throws IOException {
    yard = Jobyard.open(url);
    store = yard.store();
    stamps = folder.resolve("stamps");
    log = folder.resolve("node.log");
    store.pause(QUEUE, true);
    node = startNode(url, folder);
    try {
      pushToStart();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private Process startNode(String url, Path folder) throws IOException {
    List<String> command =
        NodeMain.command(
            List.of(), folder, url, Arrangement.DISTRIBUTE, PROCESSES, List.of(QUEUE, STARTS));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    builder.environment().put(Stamp.FILE, stamps.toString());
    return builder.start();
  }

  @Override
  public About about() {
    return new About(
        "Jobyard", "this tree", PROCESSES + " worker processes, pushAll in its own batches");
  }

  @Override
  public void pushOne(int jobs) {
    for (int i = 0; i < jobs; i++) {
      last = yard.push(JOB, PushOptions.on(QUEUE)).id();
    }
  }

  @Override
  public void pushAll(int jobs) {
    last = yard.pushAll(Collections.nCopies(jobs, JOB), PushOptions.on(QUEUE)).getLast().id();
  }

  @Override
  public void pushLater(int jobs) {
    yard.pushAll(Collections.nCopies(jobs, JOB), PushOptions.on(QUEUE).in(Duration.ofDays(1)));
  }

  @Override
  public void start() {
    store.pause(QUEUE, false);
  }

  @Override
  public void stop() {
    store.pause(QUEUE, true);
  }

  @Override
  public Duration drain(int jobs) {
    long goal = succeeded() + jobs;
    long start = System.nanoTime();
    start();
    // Counting all that wait costs the server more than asking for one.
    while ((last != null && !store.find(List.of(last)).isEmpty()) || succeeded() < goal) {
      if (System.nanoTime() - start > LONGEST) {
        throw new JobyardException("the jobs were not done after ten minutes");
      }
      LockSupport.parkNanos(LOOK);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    stop();
    return took;
  }

  private long succeeded() {
    return store.queues().stream()
        .filter(status -> status.queue().equals(QUEUE))
        .mapToLong(QueueStatus::succeeded)
        .sum();
  }

  @Override
  public Duration pushToStart() throws IOException {
    long before = System.nanoTime();
    yard.push(new Stamp(line), PushOptions.on(STARTS));
    long started = 0;
    while (started == 0) {
      if (!node.isAlive()) {
        throw new JobyardException("the node ended by itself; its last words are in " + log);
      }
      LockSupport.parkNanos(LOOK / 2);
      started = StampFile.read(stamps, line);
    }
    line++;
    return Duration.ofNanos(started - before);
  }

  @Override
  public void close() throws IOException {
    node.getOutputStream().close();
    try {
      if (!node.waitFor(30, TimeUnit.SECONDS)) {
        node.destroyForcibly();
      }
    } catch (InterruptedException e) {
      node.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    yard.close();
  }
}
