package io.jobyard.cli;

import io.jobyard.Failure;
import io.jobyard.Progress;
import io.jobyard.config.Durations;
import io.jobyard.node.process.JobSight;
import io.jobyard.node.process.LiveRuns;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.view.JobJson;
import io.jobyard.view.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Shows all that is known of a job. */
@Command(
    name = "show",
    header = "All that is known of a job",
    footer = {
      "",
      "Example:",
      "  jobyard job show 0190b0c2-5f7e-7c3a-9d2b-7f3f0a5d1c11 --json",
      "",
      "Exit codes: 0 done, 1 no such job, 2 wrong use"
    })
final class JobShow implements Callable<Integer> {
  private final Common common;

  @Parameters(paramLabel = "ID", description = "The job.")
  private @Nullable UUID id;

  JobShow(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    JobView job;
    try (JobStore store = common.viewStore()) {
      job = JobFinder.find(store, Objects.requireNonNull(id));
    }
    LiveRuns.Said said = Live.said(common.config(), job, 0).orElse(null);
    JobSight sight = Live.sight(common.config(), job).orElse(null);
    if (common.output().json()) {
      ObjectNode document = document(job, said);
      if (sight != null) {
        document.set("running", Json.tree(sight));
      }
      common.output().document(document);
    } else {
      print(job);
      if (sight != null) {
        print(sight);
      }
      if (said != null && said.progress() != null) {
        Progress progress = said.progress();
        field("progress", progress.done() + " of " + progress.total() + " " + progress.note());
      }
    }
    return 0;
  }

  private static ObjectNode document(JobView job, LiveRuns.@Nullable Said said) {
    ObjectNode document = JobJson.shown(job);
    if (said != null) {
      document.set("progress", said.progress() == null ? null : Json.tree(said.progress()));
      ArrayNode log = document.putArray("log");
      said.lines().forEach(log::add);
    }
    return document;
  }

  private void print(JobView job) {
    field("id", job.id());
    field("queue", job.queue());
    field("kind", job.kind());
    field("state", job.state());
    field("payload", new String(job.payload().bytes(), StandardCharsets.UTF_8));
    field("attempt", JobJson.attempt(job));
    field("fence", job.fence());
    field("pushed", job.pushedAt());
    field("run at", job.runAt());
    field("started", job.startedAt());
    field("finished", job.finishedAt());
    field("worker", job.slot());
    field("node", job.node());
    byte[] result = job.result();
    field("result", result == null ? null : new String(result, StandardCharsets.UTF_8));
    for (Failure error : job.errors()) {
      field("error", error.at() + " " + error.type().word() + " " + error.message());
      detail(error.stack());
      detail(error.threadDump());
    }
  }

  private void print(JobSight sight) {
    field(
        "running",
        "%s in worker %d (generation %d)%s"
            .formatted(
                Durations.format(Duration.ofMillis(sight.runningMs())),
                sight.workerPid(),
                sight.generation(),
                sight.waiting() ? ", waits for another job" : ""));
    Long cpu = sight.processCpuMs();
    Long over = sight.processCpuOverMs();
    if (cpu != null && over != null) {
      field("cpu", cpu + " ms of its process in the last " + over + " ms");
    }
    field("stack", sight.stack() == null ? sight.silence() : "");
    detail(sight.stack());
    if (sight.threads() != null && !sight.threads().isEmpty()) {
      field("threads", "started since it began");
      detail(sight.threads());
    }
  }

  private void field(String name, @Nullable Object value) {
    if (value != null) {
      common.output().line("%-9s %s".formatted(name, value));
    }
  }

  private void detail(@Nullable String text) {
    if (text != null) {
      text.lines().forEach(line -> common.output().line("          " + line));
    }
  }
}
