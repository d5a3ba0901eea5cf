package io.jobyard.cli;

import picocli.CommandLine.Command;

/** Commands about single jobs. */
@Command(
    name = "job",
    header = "Single jobs",
    subcommands = {
      JobShow.class,
      JobCancel.class,
      JobLog.class,
      JobWait.class,
    })
final class JobGroup {}
