package io.jobyard.cli;

import io.jobyard.node.Signals;
import io.jobyard.node.process.LiveRuns;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.view.Json;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints the lines a job logged and printed. */
@Command(
    name = "log",
    header = "The lines a job logged and printed",
    description = {
      "Of a running job those its node still holds; of an ended one those stored.",
      "With -f and --json each line is a document of its own, and a last one tells the job's state."
    },
    footer = {
      "",
      "Example:",
      "  jobyard job log -f 0190b0c2-5f7e-7c3a-9d2b-7f3f0a5d1c11",
      "",
      "Exit codes: 0 done, however the job ended, 1 no such job, 2 wrong use"
    })
final class JobLog implements Callable<Integer> {
  private final Common common;

  @Parameters(paramLabel = "ID", description = "The job.")
  private @Nullable UUID id;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on until the job has ended, or Ctrl-C.")
  private boolean follow;

  JobLog(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() throws InterruptedException {
    UUID job = Objects.requireNonNull(id);
    try (JobStore store = common.viewStore()) {
      if (follow) {
        follow(store, job);
      } else {
        print(job, lines(JobFinder.find(store, job)));
      }
    }
    return 0;
  }

  private List<String> lines(JobView job) {
    return Live.said(common.config(), job, 0).map(LiveRuns.Said::lines).orElse(job.log());
  }

  private void print(UUID job, List<String> lines) {
    if (common.output().json()) {
      ObjectNode document = Json.object().put("id", job.toString());
      ArrayNode array = document.putArray("lines");
      lines.forEach(array::add);
      common.output().document(document);
    } else {
      lines.forEach(common.output()::line);
    }
  }

  private void follow(JobStore store, UUID id) throws InterruptedException {
    var follower = new LogFollower(common.config(), store, id, common.output(), common.shell.err());
    // Whoever has seen enough ends it so; that is no failure.
    Signals.on("INT", follower::stop);
    follower.follow();
  }
}
