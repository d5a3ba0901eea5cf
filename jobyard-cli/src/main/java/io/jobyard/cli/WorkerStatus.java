package io.jobyard.cli;

import io.jobyard.config.Durations;
import io.jobyard.node.control.NodeControl;
import io.jobyard.node.control.StatusView;
import io.jobyard.node.process.WorkerView;
import io.jobyard.store.JobStore;
import io.jobyard.store.NodeStatus;
import io.jobyard.view.Json;
import io.jobyard.view.NodeJson;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the running node and its workers. */
@Command(
    name = "status",
    header = "The running node and its worker processes",
    footer = {
      "",
      "Examples:",
      "  jobyard worker status --json",
      "  jobyard worker status --all",
      "",
      "Exit codes: 0 a node runs, 1 none runs (here; with --all: anywhere), 2 wrong use"
    })
final class WorkerStatus implements Callable<Integer> {
  private static final List<String> HEAD =
      List.of("PID", "QUEUE", "GENERATION", "STATE", "JOBS", "DONE", "HEAP MB", "RSS MB", "UP");

  private static final List<String> ALL_HEAD =
      List.of("NODE", "PID", "QUEUES", "SINCE", "LAST BEAT");

  private final Common common;

  @Option(
      names = "--all",
      description = "Every node that takes jobs from the store, on whatever machine.")
  private boolean all;

  WorkerStatus(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    return all ? everywhere() : here();
  }

  private int everywhere() {
    List<NodeStatus> nodes;
    try (JobStore store = common.viewStore()) {
      nodes = store.nodes();
    }
    Output out = common.output();
    if (out.json()) {
      out.document(NodeJson.document(nodes));
    } else if (nodes.isEmpty()) {
      out.line("no node takes jobs from this store");
    } else {
      out.table(ALL_HEAD, nodes.stream().map(WorkerStatus::row).toList());
    }
    return nodes.isEmpty() ? 1 : 0;
  }

  private static List<String> row(NodeStatus node) {
    return List.of(
        node.node(),
        String.valueOf(node.pid()),
        String.join(", ", new TreeSet<>(node.queues())),
        node.joinedAt().toString(),
        node.beatAt().toString());
  }

  private int here() {
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
