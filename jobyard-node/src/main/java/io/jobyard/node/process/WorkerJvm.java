package io.jobyard.node.process;

import io.jobyard.node.worker.BoardFile;
import io.jobyard.node.worker.Launch;
import io.jobyard.run.RunBoard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The system's side of a worker: its JVM, what it prints, the memory it shares with its manager,
 * and whatever its jobs started. Safe for use by many threads.
 */
final class WorkerJvm {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerJvm.class);

  /** A logger of its own for what workers print, so that its level can be set apart. */
  private static final Logger OUTPUT = LoggerFactory.getLogger("jobyard.output");

  private static final Duration TERM_GRACE = Duration.ofMillis(100);
  private static final Duration LAST_OUTPUT = Duration.ofMillis(300);

  private final LaunchPlan plan;
  private final String name;
  private final Strays strays = new Strays(UUID.randomUUID().toString());
  private final Path boardFile;
  private final BoardFile board;
  private final OutputTail output;
  private volatile Instant startedAt = Instant.EPOCH;
  private volatile @Nullable Process process;
  private volatile @Nullable Thread printer;

  WorkerJvm(LaunchPlan plan, String name) throws IOException {
    this.plan = plan;
    this.name = name;
    this.output = new OutputTail(line -> OUTPUT.info("[{}] {}", name, line));
    this.boardFile = plan.dir().resolve(strays.tag() + ".board");
    this.board = BoardFile.create(boardFile);
  }

  /**
   * Forks the process. If that fails, nothing is left behind.
   *
   * @param ended told of its end, on a thread of its own
   */
  void start(Path socket, String secret, Consumer<Process> ended) throws IOException {
    try {
      Path heapDumps = plan.heapDumps();
      if (heapDumps != null) {
        HeapDumps.prepare(heapDumps);
      }
      startedAt = Instant.now();
      Process started = plan.builder(strays.tag()).start();
      process = started;
      printer =
          Thread.ofPlatform()
              .daemon()
              .name("jobyard-" + name + "-output")
              .start(() -> output.drain(started.getInputStream()));
      tell(started, new Launch(socket, secret, boardFile));
      var unused =
          started
              .onExit()
              .thenAcceptAsync(
                  ended,
                  task ->
                      Thread.ofPlatform().daemon().name("jobyard-" + name + "-end").start(task));
    } catch (IOException e) {
      removeFiles();
      throw e;
    }
  }

  private void tell(Process started, Launch launch) {
    try {
      launch.writeTo(started.getOutputStream());
    } catch (IOException e) {
      LOG.debug("worker {} was gone before it was told where to report: {}", name, e.toString());
    }
  }

  RunBoard board() {
    return board.board();
  }

  /** How many runs ended in one that takes its jobs itself. */
  long doneCount() {
    return board.ended();
  }

  long pid() {
    Process current = process;
    return current == null ? 0 : current.pid();
  }

  /** Waits for it to exit by itself; false if it did not in time. */
  boolean exits(Duration patience) throws InterruptedException {
    Process current = process;
    return current == null || current.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends it with everything it started: asks, then kills. */
  void slay() {
    Process current = process;
    if (current == null) {
      return;
    }
    List<ProcessHandle> children = current.descendants().toList();
    try {
      current.destroy();
      if (!exits(TERM_GRACE)) {
        current.destroyForcibly();
      }
    } catch (InterruptedException e) {
      current.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    strays.kill(children);
  }

  /** Ends what a dead one left running. */
  void killStrays() {
    try {
      strays.kill(List.of());
    } catch (UncheckedIOException e) {
      LOG.warn("could not look for what worker {} left running: {}", name, e.getMessage());
    }
  }

  /** Reads what a dead one printed to its end. */
  void awaitOutput() throws InterruptedException {
    Thread printing = printer;
    if (printing != null) {
      printing.join(LAST_OUTPUT);
    }
  }

  /** What a dead one left behind. */
  Remains remains(Process dead) {
    Path heapDumps = plan.heapDumps();
    return new Remains(
        dead.pid(),
        dead.exitValue(),
        output.lines(),
        board.farewell(),
        ErrorLog.read(plan.errorFile(dead.pid()), startedAt),
        heapDumps == null ? null : HeapDumps.of(heapDumps, dead.pid()));
  }

  /** The last lines it printed. */
  List<String> output() {
    return output.lines();
  }

  void removeFiles() {
    try {
      Files.deleteIfExists(boardFile);
    } catch (IOException e) {
      LOG.warn("could not remove the files of worker {}: {}", name, e.getMessage());
    }
  }
}
