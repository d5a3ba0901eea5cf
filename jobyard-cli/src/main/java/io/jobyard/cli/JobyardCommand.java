package io.jobyard.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The root of all commands. Without one it lists them. */
@Command(
    name = "jobyard",
    header = "Durable background jobs, run in worker processes",
    versionProvider = Version.class,
    subcommands = {
      WorkerGroup.class,
      QueueGroup.class,
      JobGroup.class,
      Push.class,
      Serve.class,
      AuthGroup.class,
      DemoCommand.class,
      BenchCommand.class,
      Doctor.class,
      Migrate.class,
      Move.class,
      ConfigGroup.class,
      ListCommands.class,
    })
final class JobyardCommand implements Callable<Integer> {
  @Mixin private final Common common;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it by itself
  private boolean version;

  @Spec private @Nullable CommandSpec spec;

  JobyardCommand(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    if (spec != null) {
      ListCommands.print(spec, common.output());
    }
    return 0;
  }
}
