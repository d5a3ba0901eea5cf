package io.jobyard.cli;

import io.jobyard.config.Config;
import io.jobyard.config.Configs;
import io.jobyard.config.Configurer;
import io.jobyard.store.JobStore;
import io.jobyard.store.Stores;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options of every command, and what follows from them. One for a run; for one thread. */
final class Common {
  final Shell shell;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "Configuration file or its folder. Default: jobyard.yaml here, if there is one.")
  @Nullable Path file;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print one JSON document and nothing else.")
  boolean json;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "With an error, print its stack trace.")
  boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Print this help.")
  boolean help;

  private @Nullable Config config;

  Common(Shell shell) {
    this.shell = shell;
  }

  Output output() {
    return new Output(shell.out(), json);
  }

  /** The configuration, read once. */
  Config config() {
    Config read = config;
    if (read == null) {
      read = file == null ? Configs.load() : Configs.load(file);
      config = read;
    }
    return read;
  }

  /** As {@link #config}, but what the command line said wins. */
  Config config(UnaryOperator<Configurer> change) {
    Configurer configurer = new Configurer().from(file == null ? Path.of("") : file);
    Config read = change.apply(configurer).build();
    config = read;
    return read;
  }

  /** As {@link #openStore}, for commands that change nothing: they name no environment either. */
  JobStore viewStore() {
    return Stores.open(config().store(), config().storeOptions().looking());
  }

  /** Opens the configured store; for try-with-resources. */
  JobStore openStore() {
    return Stores.open(config().store(), config().storeOptions());
  }
}
