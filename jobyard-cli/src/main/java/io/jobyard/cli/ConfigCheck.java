package io.jobyard.cli;

import io.jobyard.config.Config;
import io.jobyard.config.ConfigInvalid;
import io.jobyard.view.Json;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Checks jobyard.yaml and the environment. */
@Command(
    name = "check",
    header = "Check jobyard.yaml and the environment; says all that is wrong",
    footer = {
      "",
      "Example:",
      "  jobyard config check --config /etc/app/jobyard.yaml",
      "",
      "Exit codes: 0 valid, 1 not valid, 2 wrong use"
    })
final class ConfigCheck implements Callable<Integer> {
  private final Common common;

  ConfigCheck(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    if (!common.output().json()) {
      Config config = common.config();
      common
          .output()
          .line(
              "valid: node %s, queues %s"
                  .formatted(
                      config.node(), String.join(", ", new TreeSet<>(config.queues().keySet()))));
      return 0;
    }
    List<String> problems = problems();
    ObjectNode document = Json.object().put("valid", problems.isEmpty());
    ArrayNode array = document.putArray("problems");
    problems.forEach(array::add);
    common.output().document(document);
    return problems.isEmpty() ? 0 : 1;
  }

  private List<String> problems() {
    try {
      common.config();
      return List.of();
    } catch (ConfigInvalid e) {
      return e.problems();
    }
  }
}
