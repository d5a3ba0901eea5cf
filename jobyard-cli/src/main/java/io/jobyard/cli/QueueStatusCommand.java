package io.jobyard.cli;

import io.jobyard.store.JobStore;
import io.jobyard.store.QueueStatus;
import io.jobyard.view.QueueJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows how many jobs of each queue are where. */
@Command(
    name = "status",
    header = "How many jobs of each queue are where",
    footer = {
      "",
      "Examples:",
      "  jobyard queue status",
      "  jobyard queue status --queue mail --json",
      "",
      "Exit codes: 0 done, 1 the store cannot be opened, 2 wrong use"
    })
final class QueueStatusCommand implements Callable<Integer> {
  private static final List<String> HEAD =
      List.of(
          "QUEUE",
          "CONSUMERS",
          "READY",
          "SCHEDULED",
          "RUNNING",
          "SUCCEEDED",
          "FAILED",
          "CANCELLED",
          "FORGOTTEN",
          "OLDEST READY");

  private final Common common;

  @Option(names = "--queue", paramLabel = "QUEUE", description = "Only this queue; repeatable.")
  private Set<String> queues = Set.of();

  QueueStatusCommand(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    List<QueueStatus> found;
    try (JobStore store = common.viewStore()) {
      found = store.queues();
    }
    List<QueueStatus> shown = withConfigured(found);
    if (common.output().json()) {
      common.output().document(QueueJson.document(shown));
    } else {
      common.output().table(HEAD, shown.stream().map(QueueStatusCommand::row).toList());
    }
    return 0;
  }

  /** Queues that are asked for, or configured here, exist even if nobody pushed to them yet. */
  private List<QueueStatus> withConfigured(List<QueueStatus> found) {
    Set<String> missing =
        new TreeSet<>(queues.isEmpty() ? common.config().queues().keySet() : queues);
    found.forEach(status -> missing.remove(status.queue()));
    return Stream.concat(
            found.stream(),
            missing.stream()
                .map(name -> new QueueStatus(name, false, 0, 0, 0, 0, 0, 0, 0, 0, null)))
        .filter(status -> queues.isEmpty() || queues.contains(status.queue()))
        .sorted(Comparator.comparing(QueueStatus::queue))
        .toList();
  }

  private static List<String> row(QueueStatus status) {
    List<String> row = new ArrayList<>();
    row.add(status.queue() + (status.paused() ? " (paused)" : ""));
    Stream.of(
            status.consumers(),
            status.ready(),
            status.scheduled(),
            status.running(),
            status.succeeded(),
            status.failed(),
            status.cancelled(),
            status.forgotten())
        .map(String::valueOf)
        .forEach(row::add);
    Long oldest = status.oldestReadyMs();
    row.add(oldest == null ? "-" : oldest < 1000 ? oldest + " ms" : oldest / 1000 + " s");
    return row;
  }
}
