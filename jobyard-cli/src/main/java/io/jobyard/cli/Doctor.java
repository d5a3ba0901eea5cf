package io.jobyard.cli;

import io.jobyard.JobyardException;
import io.jobyard.config.Config;
import io.jobyard.store.JobStore;
import io.jobyard.store.NodeStatus;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.StoreReport;
import io.jobyard.view.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Looks at everything that must be right for jobs to run, and says what is not. */
@Command(
    name = "doctor",
    header = "Look for what is wrong: Java, configuration, store, nodes",
    footer = {
      "",
      "Example:",
      "  jobyard doctor --json",
      "",
      "Exit codes: 0 no problem found, 1 there is a problem, 2 wrong use"
    })
final class Doctor implements Callable<Integer> {
  private static final long MIB = 1 << 20;
  private static final long WANTED_MIB = 500;

  private final Common common;
  private final List<Check> checks = new ArrayList<>();

  Doctor(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    add("java", Level.OK, Runtime.version() + " at " + System.getProperty("java.home"));
    examine();
    boolean healthy = checks.stream().noneMatch(check -> check.level == Level.PROBLEM);
    print(healthy);
    return healthy ? 0 : 1;
  }

  private void examine() {
    Config config;
    try {
      config = common.config();
      add("configuration", Level.OK, "valid, read for " + config.base());
    } catch (JobyardException e) {
      String.valueOf(e.getMessage())
          .lines()
          .forEach(problem -> add("configuration", Level.PROBLEM, problem));
      return;
    }
    disk(config.runDir());
    disk(config.log().dir());
    try (JobStore store = common.viewStore()) {
      report(store.report());
      nodes(store.nodes());
      queues(store.queues());
    } catch (JobyardException e) {
      add("store", Level.PROBLEM, String.valueOf(e.getMessage()));
    }
  }

  /** A node writes copies of the class path, and its logs. */
  private void disk(Path folder) {
    Path there = folder.toAbsolutePath();
    Path parent = there.getParent();
    while (parent != null && !Files.exists(there)) {
      there = parent;
      parent = there.getParent();
    }
    try {
      long free = Files.getFileStore(there).getUsableSpace() / MIB;
      add(
          "disk",
          free < WANTED_MIB ? Level.PROBLEM : Level.OK,
          "%,d MiB are free for %s".formatted(free, folder));
    } catch (IOException e) {
      add("disk", Level.ADVICE, "nobody can tell how much is free for " + folder + ": " + e);
    }
  }

  private void report(StoreReport report) {
    add("store", Level.OK, report.url() + ", " + report.product());
    add("schema", Level.OK, "version " + report.schemaVersion());
    boolean refused = common.config().env() == null && report.env() != null;
    add("env", refused ? Level.ADVICE : Level.OK, env(report));
    add("durability", Level.OK, report.durability());
    for (StoreReport.Finding finding : report.findings()) {
      add("store", finding.problem() ? Level.PROBLEM : Level.ADVICE, finding.text());
    }
  }

  private String env(StoreReport report) {
    String own = common.config().env();
    return "store: "
        + (report.env() == null ? "none set" : report.env())
        + ", this configuration: "
        + (own == null ? "none set, " + withoutName(report) : own);
  }

  private static String withoutName(StoreReport report) {
    return report.env() == null
        ? "so any store is opened"
        : "so a node would take no jobs from this store; set env: " + report.env() + " if it is to";
  }

  private void nodes(List<NodeStatus> nodes) {
    if (nodes.isEmpty()) {
      add("nodes", Level.ADVICE, "none serves this store; start one with: jobyard worker start");
    }
    for (NodeStatus node : nodes) {
      add(
          "node",
          Level.OK,
          "%s, pid %d, serves %s, last seen %s"
              .formatted(node.node(), node.pid(), String.join(", ", node.queues()), node.beatAt()));
    }
  }

  /** Jobs that nobody will take are the commonest reason why nothing happens. */
  private void queues(List<QueueStatus> queues) {
    for (QueueStatus queue : queues) {
      long waiting = queue.ready() + queue.scheduled();
      if (waiting > 0 && queue.consumers() == 0) {
        add(
            "queue",
            Level.ADVICE,
            "%s: %,d jobs wait and no node serves it; add it under queues and start a node"
                .formatted(queue.queue(), waiting));
      }
      if (waiting > 0 && queue.paused()) {
        add(
            "queue",
            Level.ADVICE,
            "%s: %,d jobs wait while it is paused; go on with: jobyard queue resume --queue %s"
                .formatted(queue.queue(), waiting, queue.queue()));
      }
    }
  }

  private void print(boolean healthy) {
    Output out = common.output();
    if (!out.json()) {
      for (Check check : checks) {
        out.line("%-8s %-14s %s".formatted(check.level.word, check.name, check.text));
      }
      return;
    }
    ObjectNode document = Json.object().put("ok", healthy);
    ArrayNode array = document.putArray("checks");
    for (Check check : checks) {
      array
          .addObject()
          .put("name", check.name)
          .put("level", check.level.word)
          .put("text", check.text);
    }
    out.document(document);
  }

  private void add(String name, Level level, String text) {
    checks.add(new Check(name, level, text));
  }

  private record Check(String name, Level level, String text) {}

  private enum Level {
    OK("ok"),
    ADVICE("advice"),
    PROBLEM("problem");

    private final String word;

    Level(String word) {
      this.word = word;
    }
  }
}
