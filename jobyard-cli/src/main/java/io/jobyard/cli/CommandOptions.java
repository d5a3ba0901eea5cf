package io.jobyard.cli;

import io.jobyard.JobyardException;
import io.jobyard.PushRefused;
import io.jobyard.Shell;
import io.jobyard.codec.JobCodec;
import io.jobyard.store.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** A program to be pushed, as the command line gives it. */
final class CommandOptions {
  @Option(
      names = "--command",
      paramLabel = "PROGRAM ARG",
      arity = "1..*",
      parameterConsumer = Line.class,
      description =
          "A program by its absolute path, and its arguments: all that follows up to an option of"
              + " push; after -- everything is an argument. The queue's commands must allow it.")
  private List<String> command = new ArrayList<>();

  @Option(names = "--cwd", paramLabel = "FOLDER", description = "Where the program works.")
  private @Nullable String cwd;

  @Option(
      names = "--env",
      paramLabel = "NAME=VALUE",
      description = "A variable for the program; may be given several times.")
  private Map<String, String> env = new LinkedHashMap<>();

  @Option(
      names = "--stdin",
      paramLabel = "FILE",
      description = "What the program reads: a file, or - for this command's standard input.")
  private @Nullable String stdin;

  boolean given() {
    return !command.isEmpty();
  }

  /** They mean nothing without a program. */
  void refuseAlone() {
    if (cwd != null || stdin != null || !env.isEmpty()) {
      throw new WrongUse("--cwd, --env and --stdin go with --command PROGRAM");
    }
  }

  /**
   * The job.
   *
   * @param input reads this command's standard input
   */
  Payload payload(Supplier<byte[]> input) {
    Shell shell = Shell.of(command.getFirst()).args(command.subList(1, command.size()));
    for (Map.Entry<String, String> variable : env.entrySet()) {
      shell = shell.env(variable.getKey(), variable.getValue());
    }
    if (cwd != null) {
      shell = shell.cwd(cwd);
    }
    if (stdin != null) {
      shell = shell.stdin(stdin.equals("-") ? input.get() : file(stdin));
    }
    try {
      return new JobCodec().encode(shell).payload();
    } catch (PushRefused e) {
      throw new JobyardException("the program cannot be pushed: " + e.getMessage(), e);
    }
  }

  private static byte[] file(String name) {
    try (InputStream in = Files.newInputStream(Path.of(name))) {
      return Input.read(in, name);
    } catch (IOException e) {
      throw new JobyardException("--stdin: cannot read " + name + ": " + e, e);
    }
  }

  /** A program's own options are its arguments, unless push has one of that name. */
  static final class Line implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec push) {
      List<String> command = option.getValue();
      while (!args.isEmpty()) {
        String next = args.peek();
        if (next.equals("--")) {
          args.pop();
          while (!args.isEmpty()) {
            command.add(args.pop());
          }
        } else if (push.optionsMap().containsKey(next.replaceFirst("=.*", ""))) {
          return;
        } else {
          command.add(args.pop());
        }
      }
    }
  }
}
