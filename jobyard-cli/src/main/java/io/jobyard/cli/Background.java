package io.jobyard.cli;

import io.jobyard.JobyardException;
import io.jobyard.config.Config;
import io.jobyard.node.control.NodeControl;
import io.jobyard.view.Json;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Starts a node in the background: the same command in a process of its own, out of reach of this
 * terminal, on this very Java. For one start.
 */
final class Background {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Common common;
  private final Config config;

  Background(Common common) {
    this.common = common;
    this.config = common.config();
  }

  /** Starts it, waits until it answers, and says so. */
  void start(Set<String> queues, List<String> options) throws IOException, InterruptedException {
    Path said = Files.createDirectories(config.log().dir()).resolve(config.node() + ".out");
    Process node =
        new ProcessBuilder(command(queues, options))
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    awaitUp(node, said);
    Output out = common.output();
    if (out.json()) {
      out.document(Json.object().put("node", config.node()).put("pid", node.pid()));
    } else {
      out.line(
          "node %s is up, pid %d; it logs to %s"
              .formatted(
                  config.node(), node.pid(), config.log().dir().resolve(config.node() + ".log")));
    }
  }

  private List<String> command(Set<String> queues, List<String> options) {
    // A new session, or at least no hang-up, so that closing the terminal does not end the node.
    List<String> command = new ArrayList<>(List.of(onPath("setsid") ? "setsid" : "nohup"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-Djobyard.tty="))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("worker", "start", "--background"));
    if (common.file != null) {
      command.addAll(List.of("--config", common.file.toAbsolutePath().toString()));
    }
    command.addAll(options);
    queues.forEach(queue -> command.addAll(List.of("--queue", queue)));
    return command;
  }

  private static boolean onPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(path.split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private void awaitUp(Process node, Path said) throws IOException, InterruptedException {
    long began = System.nanoTime();
    while (!node.waitFor(50, TimeUnit.MILLISECONDS)) {
      if (answers(node.pid())) {
        return;
      }
      if (System.nanoTime() - began > PATIENCE.toNanos()) {
        node.destroy();
        throw new JobyardException(
            "the node did not come up within "
                + PATIENCE.toSeconds()
                + " s and was stopped; see "
                + config.log().dir());
      }
    }
    List<String> lines = Files.readAllLines(said).stream().filter(l -> !l.isBlank()).toList();
    throw new JobyardException(
        lines.isEmpty()
            ? "the node ended at once with exit code "
                + node.exitValue()
                + "; see "
                + config.log().dir()
            : lines.getLast().replaceFirst("^jobyard: ", ""));
  }

  private boolean answers(long pid) {
    try (NodeControl control = NodeControl.connect(config.runDir())) {
      return control.pid() == pid;
    } catch (JobyardException e) {
      return false; // not yet
    }
  }
}
