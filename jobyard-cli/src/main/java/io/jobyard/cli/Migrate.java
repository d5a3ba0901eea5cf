package io.jobyard.cli;

import io.jobyard.config.Config;
import io.jobyard.store.Script;
import io.jobyard.store.Stores;
import io.jobyard.view.Json;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Brings the store's schema up to date. */
@Command(
    name = "migrate",
    header = "Bring the store's schema up to date",
    footer = {
      "",
      "Examples:",
      "  jobyard migrate --dry-run > jobyard.sql",
      "  jobyard migrate",
      "",
      "Exit codes: 0 done or nothing to do, 1 it failed, 2 wrong use"
    })
final class Migrate implements Callable<Integer> {
  private final Common common;

  @Option(names = "--dry-run", description = "Only print the SQL that would be carried out.")
  private boolean dryRun;

  Migrate(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    Config config = common.config();
    List<Script> scripts =
        Stores.provider(config.store()).migrate(config.store(), config.storeOptions(), dryRun);
    Output out = common.output();
    if (out.json()) {
      ObjectNode document = Json.object().put("dry_run", dryRun);
      ArrayNode array = document.putArray("scripts");
      scripts.forEach(
          script -> array.addObject().put("name", script.name()).put("sql", script.text()));
      out.document(document);
    } else if (scripts.isEmpty()) {
      out.line("the schema is up to date");
    } else if (dryRun) {
      scripts.forEach(script -> out.line("-- " + script.name() + "\n" + script.text().strip()));
    } else {
      scripts.forEach(script -> out.line("ran " + script.name()));
    }
    return 0;
  }
}
