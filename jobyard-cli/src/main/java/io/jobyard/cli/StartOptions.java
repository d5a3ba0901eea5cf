package io.jobyard.cli;

import io.jobyard.config.Config;
import io.jobyard.config.Configurer;
import io.jobyard.config.QueueConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--http",
      paramLabel = "PORT",
      description = "Answer HTTP on this port; 0 takes a free one. Default: http.port, or not.")
  private @Nullable Integer http;

  @Option(
      names = "--faktory",
      paramLabel = "PORT",
      arity = "0..1",
      fallbackValue = "7419",
      description =
          "Listen for clients and workers of the Faktory protocol, on this port or 7419; 0 takes a"
              + " free one. Default: as the section faktory says, or not.")
  private @Nullable Integer faktory;

  /** What the node in the background must be told of these. */
  List<String> again() {
    List<String> options = new ArrayList<>();
    if (watch) {
      options.add("--watch");
    }
    if (http != null) {
      options.addAll(List.of("--http", http.toString()));
    }
    if (faktory != null) {
      options.addAll(List.of("--faktory", faktory.toString()));
    }
    return options;
  }

  boolean detached() {
    return detached;
  }

  /** The queues to serve; from here on the configuration knows of these options. */
  Set<String> queues(Common common) {
    boolean said = watch || http != null || faktory != null;
    Config config = said ? common.config(this::said) : common.config();
    queues.forEach(QueueConfig::named); // refuses what cannot be a queue's name
    return new TreeSet<>(queues.isEmpty() ? config.queues().keySet() : queues);
  }

  private Configurer said(Configurer configurer) {
    Configurer said = watch ? configurer.watch(true) : configurer;
    said = http == null ? said : said.httpPort(http);
    return faktory == null ? said : said.faktory(faktory);
  }
}
