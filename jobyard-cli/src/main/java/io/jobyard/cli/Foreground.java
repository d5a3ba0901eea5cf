package io.jobyard.cli;

import io.jobyard.config.Config;
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

  /** Where the configuration says so, with HTTP beside it. */
  private static Manager answering(Manager manager, Config config) {
    return config.http().port() == null
        ? manager
        : manager.beside(
            store -> new HttpServer(config.http(), store, new LocalLink(config)).start());
  }
}
