package io.jobyard.cli;

import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Stop handing out a queue's jobs; running ones go on. */
@Command(
    name = "pause",
    header = "Stop handing out a queue's jobs; running ones go on",
    footer = {
      "",
      "Example:",
      "  jobyard queue pause --queue mail",
      "",
      "Exit codes: 0 done, 1 the store cannot be opened, 2 wrong use"
    })
final class QueuePause implements Callable<Integer> {
  private final Common common;

  @Option(
      names = "--queue",
      paramLabel = "QUEUE",
      required = true,
      description = "The queue; repeatable.")
  private Set<String> queues = Set.of();

  QueuePause(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    Pausing.set(common, queues, true);
    return 0;
  }
}
