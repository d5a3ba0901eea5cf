package io.jobyard.cli;

import io.jobyard.view.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists all commands, one line each. */
@Command(
    name = "list",
    header = "All commands, one line each",
    footer = {"", "Example:", "  jobyard list"})
final class ListCommands implements Callable<Integer> {
  private final Common common;
  @Spec private @Nullable CommandSpec spec;

  ListCommands(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    if (spec != null) {
      print(spec.root(), common.output());
    }
    return 0;
  }

  /** Prints the commands below a root: those of its own first, then group by group. */
  static void print(CommandSpec root, Output out) {
    if (out.json()) {
      ObjectNode document = Json.object();
      ArrayNode commands = document.putArray("commands");
      for (CommandSpec command : leaves(root)) {
        commands.addObject().put("name", name(command)).put("what", what(command));
      }
      out.document(document);
      return;
    }
    out.line(what(root) + ". Every command has --help; worker:start is worker start.");
    out.line("");
    String before = "";
    for (CommandSpec command : leaves(root)) {
      String name = name(command);
      String group = name.substring(0, Math.max(0, name.indexOf(' ')));
      if (!group.equals(before)) {
        out.line("");
        out.line(group);
        before = group;
      }
      out.line("  %-16s %s".formatted(name, what(command)));
    }
  }

  private static List<CommandSpec> leaves(CommandSpec root) {
    List<CommandSpec> own = new ArrayList<>();
    List<CommandSpec> grouped = new ArrayList<>();
    for (CommandLine command : root.subcommands().values()) {
      CommandSpec spec = command.getCommandSpec();
      if (spec.subcommands().isEmpty()) {
        own.add(spec);
      } else {
        spec.subcommands().values().forEach(sub -> grouped.add(sub.getCommandSpec()));
      }
    }
    own.addAll(grouped);
    return own;
  }

  private static String name(CommandSpec command) {
    String whole = command.qualifiedName();
    return whole.substring(whole.indexOf(' ') + 1);
  }

  private static String what(CommandSpec command) {
    return String.join(" ", command.usageMessage().header());
  }
}
