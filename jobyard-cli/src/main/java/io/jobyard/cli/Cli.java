package io.jobyard.cli;

import io.jobyard.Backoff;
import io.jobyard.JobyardException;
import io.jobyard.config.Backoffs;
import io.jobyard.config.Durations;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses the arguments, runs one command, turns errors into one line. Used for one run. */
final class Cli {
  private final Shell shell;
  private final Common common;

  Cli(Shell shell) {
    this.shell = shell;
    this.common = new Common(shell);
  }

  /** Runs a command; the exit code. */
  int run(String... arguments) {
    CommandLine line = new CommandLine(new JobyardCommand(common), new WithCommon(common));
    line.setOut(shell.out());
    line.setErr(shell.err());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(Duration.class, text -> converted(text, Durations::parse));
    line.registerConverter(Backoff.class, text -> converted(text, Backoffs::parse));
    line.setParameterExceptionHandler((e, args) -> wrongUse(e));
    line.setExecutionExceptionHandler((e, command, result) -> failed(e, command));
    line.getCommandSpec().usageMessage().width(100);
    int code = line.execute(Spelling.withSpaces(arguments, line.getSubcommands()));
    shell.out().flush();
    return code;
  }

  private int wrongUse(ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String name = command.qualifiedName();
    String what = e instanceof UnmatchedArgumentException extra ? unknown(extra) : oneLine(e);
    complain(e, name + ": " + what + " (" + name + " --help tells more)");
    return CommandLine.ExitCode.USAGE;
  }

  private static String unknown(UnmatchedArgumentException e) {
    List<String> near = e.getSuggestions();
    return "there is no command, option or argument '"
        + e.getUnmatched().getFirst()
        + "' here"
        + (near.isEmpty() ? "" : "; did you mean " + near.getFirst() + "?");
  }

  private int failed(Exception e, CommandLine command) {
    if (e instanceof WrongUse) {
      return wrongUse(new ParameterException(command, oneLine(e), e));
    }
    if (e instanceof JobyardException refused) {
      // A configuration has one line for each problem.
      String message = refused.getMessage();
      complain(e, "jobyard: " + (message == null ? "failed" : message.strip()));
    } else if (e instanceof InterruptedException) {
      complain(e, "jobyard: interrupted");
    } else {
      complain(
          e, "jobyard: " + e.getClass().getName() + ": " + oneLine(e) + " (--debug shows where)");
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private void complain(Exception e, String line) {
    PrintWriter err = shell.err();
    err.println(line);
    if (common.debug) {
      e.printStackTrace(err);
    }
    err.flush();
  }

  private static String oneLine(Exception e) {
    return String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
  }

  private static <T> T converted(String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  /** Makes commands, giving each the shared options. */
  private record WithCommon(Common common) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      try {
        Constructor<K> constructor = type.getDeclaredConstructor(Common.class);
        return constructor.newInstance(common);
      } catch (NoSuchMethodException e) {
        return CommandLine.defaultFactory().create(type); // mixins, converters
      } catch (InvocationTargetException e) {
        throw new IllegalStateException("cannot make " + type, e.getCause());
      }
    }
  }
}
