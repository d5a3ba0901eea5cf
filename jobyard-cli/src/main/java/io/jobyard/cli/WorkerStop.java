package io.jobyard.cli;

import io.jobyard.view.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stops the node. */
@Command(
    name = "stop",
    header = "Stop the node: running jobs end first, up to stop-timeout",
    footer = {
      "",
      "Example:",
      "  jobyard worker stop",
      "",
      "Exit codes: 0 stopped, 1 no node runs here or it does not end, 2 wrong use"
    })
final class WorkerStop implements Callable<Integer> {
  private final Common common;

  WorkerStop(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() throws InterruptedException {
    long pid = Stopping.stop(common.config());
    Output out = common.output();
    if (out.json()) {
      out.document(Json.object().put("node", common.config().node()).put("pid", pid));
    } else {
      out.line("node " + common.config().node() + " (pid " + pid + ") has stopped");
    }
    return 0;
  }
}
