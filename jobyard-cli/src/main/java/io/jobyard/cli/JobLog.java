package io.jobyard.cli;

import io.jobyard.node.process.LiveRuns;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.view.Json;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints the lines a job logged. */
@Command(
    name = "log",
    header = "The lines a job logged",
    description = "Of a running job those its node still holds; of an ended one those stored.",
    footer = {
      "",
      "Example:",
      "  jobyard job log -f 0190b0c2-5f7e-7c3a-9d2b-7f3f0a5d1c11",
      "",
      "Exit codes: 0 done, 1 no such job, 2 wrong use"
    })
final class JobLog implements Callable<Integer> {
  private static final long LOOK_MILLIS = 250;

  private final Common common;

  @Parameters(paramLabel = "ID", description = "The job.")
  private @Nullable UUID id;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on until the job has ended.")
  private boolean follow;

  JobLog(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (follow && common.output().json()) {
      throw new WrongUse("-f prints line by line; it cannot be combined with --json");
    }
    UUID job = Objects.requireNonNull(id);
    try (JobStore store = common.openStore()) {
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
    JobView job = JobFinder.find(store, id);
    long next = 0;
    String last = null;
    while (!job.state().finished()) {
      LiveRuns.Said said = Live.said(common.config(), job, next).orElse(null);
      if (said != null && !said.lines().isEmpty()) {
        said.lines().forEach(common.output()::line);
        last = said.lines().getLast();
      }
      next = said == null ? 0 : said.next();
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      List<JobView> found = store.find(List.of(id));
      if (found.isEmpty()) {
        return; // it succeeded and was removed, its lines with it
      }
      job = found.getFirst();
    }
    // What it said between the last look and its end.
    List<String> stored = job.log();
    stored.subList(stored.lastIndexOf(last) + 1, stored.size()).forEach(common.output()::line);
  }
}
