package io.jobyard.node;

import io.jobyard.config.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A manager in a JVM of its own, for tests that kill or freeze it; it runs one endless job. */
final class ManagerProcess implements AutoCloseable {
  private final Process process;
  private final Path file;

  ManagerProcess(Path dir, Duration lease) throws Exception {
    this.file = dir.resolve("f");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-cp", System.getProperty("java.class.path")));
    command.add(ManagerProcess.class.getName());
    command.addAll(List.of(dir.toString(), file.toString(), lease.toString()));
    this.process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("manager.log").toFile())
            .start();
  }

  /** Runs in the other JVM. */
  public static void main(String[] args) throws Exception {
    try (var node =
        new RunningNode(
            Path.of(args[0]),
            config ->
                new Config(
                    config.base(),
                    config.node(),
                    config.store(),
                    config.env(),
                    config.classpath(),
                    config.onStart(),
                    config.watch(),
                    config.aot(),
                    config.runDir(),
                    config.log(),
                    Duration.parse(args[2]),
                    config.stopTimeout(),
                    config.pushTimeout(),
                    config.pushBuffer(),
                    config.migrate(),
                    config.tables(),
                    null,
                    config.queues()),
            RunningNode.queue("default", 1, 2))) {
      node.push("default", "spin", "{\"file\":\"" + args[1] + "\"}");
      node.push("default", "spin", "{\"file\":\"" + args[1] + "\"}");
      node.manager.serve();
    }
  }

  /** The worker that runs the jobs, once it does. */
  ProcessHandle worker() {
    RunningNode.waiting("two jobs to run").until(() -> RunningNode.lines(file).size() == 2);
    try {
      String line = RunningNode.lines(file).getFirst();
      return ProcessHandle.of(Long.parseLong(line.substring("began ".length()))).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  int awaitExit() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
