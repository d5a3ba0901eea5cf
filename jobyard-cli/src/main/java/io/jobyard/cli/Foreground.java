package io.jobyard.cli;

import io.jobyard.config.Config;
import io.jobyard.faktory.FaktoryServer;
import io.jobyard.http.HttpServer;
import io.jobyard.node.Manager;
import io.jobyard.node.NodeLogging;
import java.util.Set;

/** A node in this very process. */
final class Foreground {
  private Foreground() {}

  /**
   * Runs the node until it is stopped.
   *
   * @param files whether it logs to files rather than to standard error
   */
  static void run(Common common, Set<String> queues, boolean files) throws InterruptedException {
    Config config = common.config();
    if (files) {
      NodeLogging.toFiles(config);
    } else {
      NodeLogging.toConsole(config);
    }
    try (Manager manager = new Manager(config, queues)) {
      answering(manager, config).boot();
      SystemdNotice.here().ready(config.node());
      manager.serve();
    }
  }

  /** With the listeners that the configuration asks for. */
  private static Manager answering(Manager manager, Config config) {
    if (config.http().port() != null) {
      manager.beside(store -> new HttpServer(config.http(), store, new LocalLink(config)).start());
    }
    if (config.faktory() != null) {
      manager.beside(store -> FaktoryServer.start(store, config));
    }
    return manager;
  }
}
