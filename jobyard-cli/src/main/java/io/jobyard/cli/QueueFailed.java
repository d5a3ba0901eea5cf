package io.jobyard.cli;

import io.jobyard.Failure;
import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.view.JobJson;
import io.jobyard.view.Json;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists failed jobs with their last error. */
@Command(
    name = "failed",
    header = "The failed jobs and why, newest first",
    footer = {
      "",
      "Examples:",
      "  jobyard queue failed --queue mail",
      "  jobyard queue failed --json --limit 1000",
      "",
      "Exit codes: 0 done, 1 the store cannot be opened, 2 wrong use"
    })
final class QueueFailed implements Callable<Integer> {
  private static final int MAX_LIMIT = 10_000;

  private final Common common;

  @Option(names = "--queue", paramLabel = "QUEUE", description = "Only this queue.")
  private @Nullable String queue;

  @Option(names = "--kind", paramLabel = "KIND", description = "Only this kind.")
  private @Nullable String kind;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many, up to 10000. Default: ${DEFAULT-VALUE}.",
      defaultValue = "100")
  private int limit;

  @Option(
      names = "--next",
      paramLabel = "CURSOR",
      description = "The page after; what the page before gave as next.")
  private @Nullable String next;

  QueueFailed(Common common) {
    this.common = common;
  }

  @Override
  public Integer call() {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new WrongUse("--limit must be 1 to " + MAX_LIMIT + ", got " + limit);
    }
    JobPage page;
    try (JobStore store = common.viewStore()) {
      page = store.list(new JobFilter(Set.of(), queue, Set.of(JobState.FAILED), kind), next, limit);
    }
    Output out = common.output();
    if (out.json()) {
      out.document(document(page));
    } else if (page.jobs().isEmpty()) {
      out.line("no failed jobs");
    } else {
      out.table(
          List.of("ID", "QUEUE", "KIND", "FAILED AT", "TYPE", "MESSAGE"),
          page.jobs().stream().map(QueueFailed::row).toList());
      if (page.next() != null) {
        out.line("more: --next " + page.next());
      }
    }
    return 0;
  }

  private static List<String> row(JobView job) {
    Failure last = job.errors().isEmpty() ? null : job.errors().getLast();
    return List.of(
        job.id().toString(),
        job.queue(),
        job.kind(),
        String.valueOf(Json.text(job.finishedAt())),
        last == null ? "-" : last.type().word(),
        last == null ? "-" : firstLine(last.message()));
  }

  private static String firstLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > 120 ? line.substring(0, 117) + "..." : line;
  }

  private static ObjectNode document(JobPage page) {
    ObjectNode document = Json.object();
    ArrayNode jobs = document.putArray("jobs");
    page.jobs().forEach(job -> jobs.add(JobJson.failed(job)));
    if (page.next() != null) {
      document.put("next", page.next());
    }
    return document;
  }
}
