package io.jobyard.cli;

import io.jobyard.config.Config;
import io.jobyard.faktory.FaktoryServer;
import io.jobyard.http.HttpServer;
import io.jobyard.node.generation.ClassPath;
import io.jobyard.node.generation.CodeCheck;
import io.jobyard.store.Environment;
import io.jobyard.store.JobStore;
import io.jobyard.table.Tables;
import java.util.OptionalLong;

/**
 * Whether a node could start with a configuration, looked at before the one that runs is stopped.
 */
final class Readiness {
  private Readiness() {}

  /**
   * Tries the tables, the certificates, the ports, the class path and the store.
   *
   * @param running the node that will have stopped by then, and freed its ports; empty if none runs
   * @throws io.jobyard.JobyardException if a start would fail; it says why
   */
  static void check(Common common, OptionalLong running) {
    Config config = common.config();
    Tables.check(config.tables());
    checkListeners(config, new Ports(running));
    CodeCheck.check(ClassPath.of(config.base(), config.classpath()).jobs()); // this takes longest
    try (JobStore store = common.openStore()) {
      store.requireRuns();
      Environment.requireOfNode(config.env(), store);
      store.queues();
    }
  }

  private static void checkListeners(Config config, Ports ports) {
    Integer http = config.http().port();
    if (http != null) {
      HttpServer.check(config.http());
      ports.check("http", config.http().host(), http);
    }
    if (config.faktory() != null) {
      FaktoryServer.check(config.faktory());
      ports.check("faktory", config.faktory().host(), config.faktory().port());
    }
  }
}
