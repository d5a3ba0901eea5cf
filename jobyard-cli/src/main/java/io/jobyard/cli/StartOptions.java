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

  boolean detached() {
    return detached;
  }

  /** The queues to serve. */
  Set<String> queues(Config config) {
    queues.forEach(QueueConfig::named); // refuses what cannot be a queue's name
    return new TreeSet<>(queues.isEmpty() ? config.queues().keySet() : queues);
  }
}
