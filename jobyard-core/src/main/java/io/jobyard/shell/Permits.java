package io.jobyard.shell;

import io.jobyard.JobContext;
import io.jobyard.Shell;
import io.jobyard.ShellRefused;
import io.jobyard.config.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Holds a job to what its queue's configuration on this node allows. Nothing that the job brings
 * can widen it. Safe for use by many threads.
 */
final class Permits {
  /** Never looked up in PATH. */
  private static final String SHELL = "/bin/sh";

  private final Commands commands;
  private final Path base;

  /**
   * @param base where programs work unless they choose a folder
   */
  Permits(Commands commands, Path base) {
    this.commands = commands;
    this.base = base;
  }

  /**
   * @param mark by which the program's processes are known
   * @throws ShellRefused naming the rule that is against it
   */
  Approved approve(Shell shell, JobContext job, Map.Entry<String, String> mark) {
    Words words = new Words();
    words.check("an argument", shell.args());
    words.check("a variable's name", shell.env().keySet());
    words.check("a variable's value", shell.env().values());
    List<String> command = shell.script() == null ? program(shell, words) : script(shell, words);
    Map<String, String> env = Variables.of(shell.env(), commands, job, mark);
    return new Approved(command.getFirst(), command, folder(shell, words), env, input(shell));
  }

  private List<String> program(Shell shell, Words words) {
    String asked = shell.program() == null ? "" : shell.program();
    words.check("the program", asked);
    if (commands.none()) {
      throw new ShellRefused(
          "queue has no commands: nothing may run; allow %s with commands in jobyard.yaml"
              .formatted(Printable.of(asked)));
    }
    ProgramPath.Found found = ProgramPath.find(asked, commands);
    Arguments.check(shell.args(), found.entry().args());
    List<String> command = new ArrayList<>(List.of(found.real().toString()));
    command.addAll(shell.args());
    return command;
  }

  private List<String> script(Shell shell, Words words) {
    String script = shell.script() == null ? "" : shell.script();
    words.check("the script", script);
    if (!commands.shell()) {
      throw new ShellRefused("a script runs only on a queue with shell: true; push a program");
    }
    List<String> command = new ArrayList<>(List.of(SHELL, "-c", script, "sh"));
    command.addAll(shell.args());
    return command;
  }

  private Path folder(Shell shell, Words words) {
    String asked = shell.cwd();
    if (asked == null) {
      return base;
    }
    words.check("the working folder", asked);
    String what = "the working folder";
    Path real = ProgramPath.real(what, ProgramPath.plain(what, asked));
    if (!Files.isDirectory(real)) {
      throw new ShellRefused("the working folder " + real + " is not a folder");
    }
    return real;
  }

  private static byte[] input(Shell shell) {
    try {
      return shell.input();
    } catch (IllegalArgumentException e) {
      throw new ShellRefused("stdinBase64 is not Base64: " + e.getMessage(), e);
    }
  }
}
