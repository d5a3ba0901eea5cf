package io.jobyard.bench;

import io.jobyard.JobyardException;
import io.jobyard.bench.Ground.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A node in a process of its own, with worker processes of its own, as {@code jobyard worker start}
 * runs it. It ends when this is closed, or when this process ends.
 */
final class BenchNode implements AutoCloseable {
  /** Where its {@link Stamp}s go, in the place's folder. */
  static final String STAMPS = "stamps";

  private static final int LINES_OF_LOG = 20;
  private static final Duration STOP = Duration.ofSeconds(30);

  private static final long LOOK_MS = 20;

  private final Process process;
  private final Path folder;
  private final Path log;

  private BenchNode(Process process, Path folder, Path log) {
    this.process = process;
    this.folder = folder;
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param queues those to serve
   * @param processes of each queue
   */
  static BenchNode start(Place place, List<String> queues, int processes) {
    return start(place, queues, processes, List.of());
  }

  /** The same, which answers HTTP too; see {@link #address}. */
  static BenchNode startAnswering(Place place, List<String> queues, int processes) {
    return start(place, queues, processes, List.of("-D" + NodeMain.ANSWERING + "=true"));
  }

  /** The same, whose workers start from a cache of classes, or not. */
  static BenchNode startCaching(Place place, List<String> queues, int processes, boolean cache) {
    return start(place, queues, processes, List.of("-D" + NodeMain.CACHING + "=" + cache));
  }

  /** The same, whose workers run so many jobs each. */
  static BenchNode startRenewing(Place place, List<String> queues, int processes, int jobs) {
    return start(place, queues, processes, List.of("-D" + NodeMain.MOST_JOBS + "=" + jobs));
  }

  private static BenchNode start(
      Place place, List<String> queues, int processes, List<String> more) {
    List<String> options = new ArrayList<>(more);
    options.add("-D" + NodeMain.THREADS + "=" + place.threads());
    Path log = place.folder().resolve("node.log");
    List<String> command =
        NodeMain.command(
            options, place.folder(), place.store(), place.arrangement(), processes, queues);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("JOBYARD_"));
    builder.environment().put(Stamp.FILE, place.folder().resolve(STAMPS).toString());
    try {
      return new BenchNode(builder.start(), place.folder(), log);
    } catch (IOException e) {
      throw new UncheckedIOException("no JVM could be started: " + command.getFirst(), e);
    }
  }

  /** Throws if it is no more, with what it said last. */
  void check() {
    if (!process.isAlive()) {
      throw new JobyardException(
          "the benchmark's node ended by itself with code "
              + process.exitValue()
              + "; it said last:"
              + System.lineSeparator()
              + said());
    }
  }

  /** Where it answers HTTP; waits until it does. */
  URI address() throws IOException, InterruptedException {
    Path file = folder.resolve(NodeMain.ADDRESS);
    while (!Files.exists(file)) {
      check();
      Thread.sleep(LOOK_MS);
    }
    return URI.create(Files.readString(file));
  }

  ProcessHandle manager() {
    return process.toHandle();
  }

  /** Those that live; what else the manager starts is none. */
  List<ProcessHandle> workers() {
    return process.descendants().filter(BenchNode::isWorker).toList();
  }

  private static boolean isWorker(ProcessHandle process) {
    return ProcStat.command(process).stream().anyMatch(word -> word.endsWith(".WorkerMain"));
  }

  Duration managerCpu() {
    return ProcStat.cpu(manager());
  }

  /** Of those that live. */
  Duration workersCpu() {
    return workers().stream().map(ProcStat::cpu).reduce(Duration.ZERO, Duration::plus);
  }

  /** Of the manager and of all workers, also of those that have ended. */
  Duration allCpu() {
    return managerCpu().plus(workersCpu()).plus(ProcStat.cpuOfEnded(manager()));
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private String said() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(
          System.lineSeparator(),
          lines.subList(Math.max(0, lines.size() - LINES_OF_LOG), lines.size()));
    } catch (IOException e) {
      return "nothing that can be read (" + e.getMessage() + ")";
    }
  }
}
