package io.jobyard.cli;

import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints the lines a job logged. */
@Command(
    name = "log",
    header = "The lines a job logged",
    footer = {
      "",
      "Example:",
      "  jobyard job log 0190b0c2-5f7e-7c3a-9d2b-7f3f0a5d1c11",
      "",
      "Exit codes: 0 done, 1 no such job, 2 wrong use"
    })
final class JobLog implements Callable<Integer> {
  private final Common common;

  @Parameters(paramLabel = "ID", description = "The job.")
  private @Nullable UUID id;

  JobLog(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    JobView job;
    try (JobStore store = common.openStore()) {
      job = JobFinder.find(store, Objects.requireNonNull(id));
    }
    if (common.output().json()) {
      ObjectNode document = Json.object().put("id", job.id().toString());
      ArrayNode lines = document.putArray("lines");
      job.log().forEach(lines::add);
      common.output().document(document);
    } else {
      job.log().forEach(common.output()::line);
    }
    return 0;
  }
}
