package io.jobyard.cli;

import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Hand out a paused queue's jobs again. */
@Command(
    name = "resume",
    header = "Hand out a paused queue's jobs again",
    footer = {
      "",
      "Example:",
      "  jobyard queue resume --queue mail",
      "",
      "Exit codes: 0 done, 1 the store cannot be opened, 2 wrong use"
    })
final class QueueResume implements Callable<Integer> {
  private final Common common;

  @Option(
      names = "--queue",
      paramLabel = "QUEUE",
      required = true,
      description = "The queue; repeatable.")
  private Set<String> queues = Set.of();

  QueueResume(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    Pausing.set(common, queues, false);
    return 0;
  }
}
