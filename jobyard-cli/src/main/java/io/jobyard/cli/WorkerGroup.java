package io.jobyard.cli;

import picocli.CommandLine.Command;

/** Commands about the node on this machine. */
@Command(
    name = "worker",
    header = "The node on this machine and its worker processes",
    subcommands = {
      WorkerStart.class,
      WorkerStop.class,
      WorkerRestart.class,
      WorkerReload.class,
      WorkerStatus.class,
    })
final class WorkerGroup {}
