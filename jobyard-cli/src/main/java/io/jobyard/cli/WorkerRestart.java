package io.jobyard.cli;

import io.jobyard.JobyardException;
import io.jobyard.config.Config;
import io.jobyard.node.control.NodeControl;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops the node, if it runs, and starts it with the configuration as it is now. */
@Command(
    name = "restart",
    header = "Stop the node and start it with the configuration as it is now",
    description = {
      "The configuration, the class path, the tables, the certificates, the ports and the store are"
          + " tried first: if one is no good, the node runs on as it is."
    },
    footer = {
      "",
      "Example:",
      "  jobyard worker restart -d",
      "",
      "Exit codes: 0 up (-d) or stopped in order, 1 could not stop or start, 2 wrong use"
    })
final class WorkerRestart implements Callable<Integer> {
  private final Common common;
  @Mixin private final StartOptions options = new StartOptions();

  WorkerRestart(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() throws Exception {
    Set<String> queues = options.queues(common);
    OptionalLong running = running(common.config());
    Readiness.check(common, running);
    if (running.isPresent()) {
      long pid = Stopping.stop(common.config());
      common.shell.err().println("stopped pid " + pid);
    }
    if (options.detached()) {
      new Background(common).start(queues, options.again());
    } else {
      Foreground.run(common, queues, false);
    }
    return 0;
  }

  private static OptionalLong running(Config config) {
    try (NodeControl control = NodeControl.connect(config.runDir())) {
      return OptionalLong.of(control.pid());
    } catch (JobyardException e) {
      return OptionalLong.empty(); // nothing to stop
    }
  }
}
