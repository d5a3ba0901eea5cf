package io.jobyard.cli;

import picocli.CommandLine.Command;

/** Commands about the configuration. */
@Command(
    name = "config",
    header = "The configuration",
    subcommands = {
      ConfigCheck.class,
    })
final class ConfigGroup {}
