package io.jobyard.cli;

import io.jobyard.config.Config;
import io.jobyard.config.QueueConfig;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/** What start and restart share. */
final class StartOptions {
  @Option(
      names = {"-d", "--detach"},
      description = "Run in the background; log to files.")
  private boolean detached;

  @Option(
      names = "--queue",
      paramLabel = "QUEUE",
      description = "Serve only this queue; repeatable. Default: default and all configured ones.")
  private Set<String> queues = Set.of();

  @Option(
      names = "--watch",
      description = "Change to new code by itself when a file under classpath changes.")
  private boolean watch;

  boolean watch() {
    return watch;
  }

  boolean detached() {
    return detached;
  }

  /** The queues to serve; from here on the configuration knows of these options. */
  Set<String> queues(Common common) {
    Config config = watch ? common.config(c -> c.watch(true)) : common.config();
    queues.forEach(QueueConfig::named); // refuses what cannot be a queue's name
    return new TreeSet<>(queues.isEmpty() ? config.queues().keySet() : queues);
  }
}
