package io.jobyard.cli;

import io.jobyard.view.Json;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A command that ran in this JVM, and what it said. */
record Ran(int code, String out, String err) {

  /** Runs a command in a pipe, with the configuration of a folder. */
  static Ran in(Path folder, String... arguments) {
    return with(folder, "", false, arguments);
  }

  static Ran with(Path folder, String input, boolean terminal, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Shell shell =
        new Shell(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            terminal,
            false);
    List<String> all = new ArrayList<>(List.of("--config", folder.toString()));
    all.addAll(List.of(arguments));
    int code = new Cli(shell).run(all.toArray(String[]::new));
    return new Ran(code, out.toString(), err.toString());
  }

  JsonNode json() {
    return Json.stored(out.getBytes(StandardCharsets.UTF_8));
  }
}
