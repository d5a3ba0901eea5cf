package io.jobyard.cli;

import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the node, here or in the background. */
@Command(
    name = "start",
    header = "Start the node of this machine and its workers",
    description = {
      "Stays until the node is stopped (worker stop, Ctrl-C, SIGTERM); a second signal ends it at"
          + " once.",
      "With -d it goes on in the background, and this returns when it is up."
    },
    footer = {
      "",
      "Examples:",
      "  jobyard worker start",
      "  jobyard worker start -d --queue mail --queue default",
      "  jobyard worker start --watch --http 7766",
      "  jobyard worker start --faktory",
      "",
      "Exit codes: 0 up (-d) or stopped in order, 1 could not start, 2 wrong use"
    })
final class WorkerStart implements Callable<Integer> {
  private final Common common;
  @Mixin private final StartOptions options = new StartOptions();

  @Option(names = "--background", hidden = true, description = "What -d starts.")
  private boolean background;

  WorkerStart(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() throws Exception {
    Set<String> queues = options.queues(common);
    if (options.detached()) {
      new Background(common).start(queues, options.again());
    } else {
      Foreground.run(common, queues, background);
    }
    return 0;
  }
}
