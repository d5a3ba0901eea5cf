package io.jobyard.cli;

import io.jobyard.JobyardException;
import io.jobyard.node.control.NodeControl;
import io.jobyard.node.generation.Reloads;
import io.jobyard.view.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lets the running node change to the jobs' code as it is now. */
@Command(
    name = "reload",
    header = "Change to the jobs' code as it is now, while work goes on",
    description = {
      "New workers start on a copy of classpath; when all are ready the jobs go to them, and the"
          + " old ones finish what they run and leave. If they do not come up, the old ones stay."
    },
    footer = {
      "",
      "Example:",
      "  jobyard worker reload",
      "",
      "Exit codes: 0 the new code runs, 1 it did not come up (the old goes on) or no node runs"
          + " here, 2 wrong use"
    })
final class WorkerReload implements Callable<Integer> {
  private final Common common;

  WorkerReload(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    Reloads result;
    try (NodeControl control = NodeControl.connect(common.config().runDir())) {
      result = control.reload();
    }
    Output out = common.output();
    if (out.json()) {
      out.document(Json.tree(result));
    }
    if (result.kept()) {
      throw new JobyardException(
          "the new code was not taken, generation %d goes on: %s"
              .formatted(result.generation(), result.reason()));
    }
    if (!out.json()) {
      out.line("generation " + result.generation() + " gets the jobs from now on");
    }
    return 0;
  }
}
