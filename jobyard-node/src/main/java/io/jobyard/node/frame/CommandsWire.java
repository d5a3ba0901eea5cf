package io.jobyard.node.frame;

import io.jobyard.config.Commands;
import java.util.List;

/** How a queue's commands are written and read: each pair of methods mirrors the other. */
final class CommandsWire {
  private CommandsWire() {}

  static void commands(Writing out, Commands commands) {
    out.list(commands.allowed(), CommandsWire::allowed);
    out.flag(commands.shell());
    out.stringOrNull(commands.runAs());
    List<String> env = commands.env();
    out.flag(env != null);
    out.list(env == null ? List.of() : env, Writing::string);
  }

  static Commands commands(Reading in) throws BadFrame {
    List<Commands.Allowed> allowed = in.list(CommandsWire::allowed);
    boolean shell = in.flag();
    String runAs = in.stringOrNull();
    boolean restricted = in.flag();
    List<String> env = in.list(Reading::string);
    return new Commands(allowed, shell, runAs, restricted ? env : null);
  }

  private static void allowed(Writing out, Commands.Allowed program) {
    out.string(program.path());
    out.stringOrNull(program.args());
  }

  private static Commands.Allowed allowed(Reading in) throws BadFrame {
    try {
      return new Commands.Allowed(in.string(), in.stringOrNull());
    } catch (IllegalArgumentException e) {
      throw new BadFrame("a frame holds an impossible value: commands " + e.getMessage());
    }
  }
}
