package io.jobyard.scenarios;

import io.jobyard.config.Config;
import io.jobyard.config.Configurer;
import io.jobyard.node.Manager;
import io.jobyard.node.NodeLogging;
import java.nio.file.Path;
import java.util.Map;

/** A node in a process of its own, as {@code jobyard worker start} is one. */
final class NodeMain {
  private NodeMain() {}

  /** Serves the queues of the jobyard.yaml named by the only argument, until it is told to stop. */
  public static void main(String[] args) throws InterruptedException {
    Config config = new Configurer().environment(Map.of()).from(Path.of(args[0])).build();
    NodeLogging.toConsole(config);
    new Manager(config, config.queues().keySet()).boot().serve();
    System.exit(0);
  }
}
