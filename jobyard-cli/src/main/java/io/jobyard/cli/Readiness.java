package io.jobyard.cli;

import io.jobyard.config.Config;
import io.jobyard.node.generation.ClassPath;
import io.jobyard.node.generation.CodeCheck;
import io.jobyard.store.JobStore;

/**
 * Whether a node could start with a configuration, looked at before the one that runs is stopped.
 */
final class Readiness {
  private Readiness() {}

  /**
   * Tries the class path and the store.
   *
   * @throws io.jobyard.JobyardException if a start would fail; it says why
   */
  static void check(Common common) {
    Config config = common.config();
    CodeCheck.check(ClassPath.of(config.base(), config.classpath()).jobs());
    try (JobStore store = common.openStore()) {
      store.queues();
    }
  }
}
