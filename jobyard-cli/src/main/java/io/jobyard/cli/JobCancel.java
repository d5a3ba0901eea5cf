package io.jobyard.cli;

import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobStore;
import io.jobyard.view.Json;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Cancels jobs. */
@Command(
    name = "cancel",
    header = "Cancel jobs: waiting ones at once, running ones within a second",
    footer = {
      "",
      "Example:",
      "  jobyard job cancel 0190b0c2-5f7e-7c3a-9d2b-7f3f0a5d1c11",
      "",
      "Exit codes: 0 done or asked for, 1 a job had ended already or is unknown, 2 wrong use"
    })
final class JobCancel implements Callable<Integer> {
  private final Common common;

  @Parameters(paramLabel = "ID", arity = "1..*", description = "The jobs.")
  private List<UUID> ids = List.of();

  JobCancel(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    Map<UUID, CancelAnswer> answers;
    try (JobStore store = common.openStore()) {
      answers = store.cancel(ids);
    }
    Output out = common.output();
    ObjectNode document = Json.object();
    ArrayNode jobs = document.putArray("jobs");
    boolean all = true;
    for (UUID id : ids) {
      CancelAnswer answer = answers.getOrDefault(id, CancelAnswer.UNKNOWN);
      all &= answer == CancelAnswer.CANCELLED || answer == CancelAnswer.REQUESTED;
      jobs.addObject().put("id", id.toString()).put("answer", answer.name());
      if (!out.json()) {
        out.line(id + " " + sentence(answer));
      }
    }
    if (out.json()) {
      out.document(document);
    }
    if (!all) {
      common.shell.err().println("jobyard: not every job could be cancelled");
    }
    return all ? 0 : 1;
  }

  private static String sentence(CancelAnswer answer) {
    return switch (answer) {
      case CANCELLED -> "is cancelled";
      case REQUESTED -> "runs; its node was asked to stop it";
      case FINISHED -> "had ended already";
      case UNKNOWN -> "is not in the store";
    };
  }
}
