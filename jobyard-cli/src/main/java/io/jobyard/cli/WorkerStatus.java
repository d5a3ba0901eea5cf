package io.jobyard.cli;

import io.jobyard.config.Durations;
import io.jobyard.node.control.NodeControl;
import io.jobyard.node.control.StatusView;
import io.jobyard.node.process.WorkerView;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Shows the running node and its workers. */
@Command(
    name = "status",
    header = "The running node and its worker processes",
    footer = {
      "",
      "Example:",
      "  jobyard worker status --json",
      "",
      "Exit codes: 0 a node runs, 1 none runs here, 2 wrong use"
    })
final class WorkerStatus implements Callable<Integer> {
  private static final List<String> HEAD =
      List.of("PID", "QUEUE", "GENERATION", "STATE", "JOBS", "DONE", "HEAP MB", "RSS MB", "UP");

  private final Common common;

  WorkerStatus(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    StatusView status;
    try (NodeControl control = NodeControl.connect(common.config().runDir())) {
      status = control.status();
    }
    Output out = common.output();
    if (out.json()) {
      out.document(Json.tree(status));
      return 0;
    }
    out.line(
        "node %s, pid %d, up %s, store %s"
            .formatted(status.node(), status.pid(), up(status.uptimeS()), status.store()));
    if (status.reloads().kept()) {
      out.line("new code was not taken: " + status.reloads().reason());
    }
    status.troubles().forEach((queue, why) -> out.line("queue " + queue + ": " + why));
    if (!status.workers().isEmpty()) {
      out.line("");
      out.table(HEAD, status.workers().stream().map(WorkerStatus::row).toList());
    }
    return 0;
  }

  private static List<String> row(WorkerView worker) {
    return List.of(
        String.valueOf(worker.pid()),
        worker.queue(),
        String.valueOf(worker.generation()),
        worker.state(),
        String.valueOf(worker.jobs().size()),
        String.valueOf(worker.done()),
        String.valueOf(worker.heapMb()),
        String.valueOf(worker.rssMb()),
        up(worker.uptimeS()));
  }

  private static String up(long seconds) {
    return Durations.format(Duration.ofSeconds(seconds));
  }
}
