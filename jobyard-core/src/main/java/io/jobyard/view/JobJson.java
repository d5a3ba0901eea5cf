package io.jobyard.view;

import io.jobyard.Failure;
import io.jobyard.JobState;
import io.jobyard.config.Backoffs;
import io.jobyard.config.Durations;
import io.jobyard.store.Counts;
import io.jobyard.store.JobSettings;
import io.jobyard.store.JobView;
import io.jobyard.store.Phase;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Jobs as JSON. Fields may be added, never changed. */
public final class JobJson {
  private JobJson() {}

  /** An entry of {@code queue failed}. */
  public static ObjectNode failed(JobView job) {
    ObjectNode node = Json.object();
    node.put("id", job.id().toString());
    node.put("queue", job.queue());
    node.put("kind", job.kind());
    node.set("payload", Json.stored(job.payload().bytes()));
    node.put("failed_at", Json.text(job.finishedAt()));
    node.put("attempts", job.counts().charged());
    errors(node.putArray("errors"), job.errors());
    return node;
  }

  /** {@code job show}, without what only the job's node knows. */
  public static ObjectNode shown(JobView job) {
    ObjectNode node = Json.object();
    node.put("id", job.id().toString());
    node.put("queue", job.queue());
    node.put("kind", job.kind());
    node.put("state", job.state().name());
    node.set("payload", Json.stored(job.payload().bytes()));
    node.put("attempt", attempt(job));
    node.put("fence", job.fence());
    node.put("pushed_at", Json.text(job.pushedAt()));
    node.put("run_at", Json.text(job.runAt()));
    node.put("started_at", Json.text(job.startedAt()));
    node.put("finished_at", Json.text(job.finishedAt()));
    node.putNull("progress");
    errors(node.putArray("errors"), job.errors());
    byte[] result = job.result();
    node.set("result", result == null ? null : Json.stored(result));
    node.put("priority", job.priority());
    node.put("worker", job.slot());
    node.put("phase", job.phase().name());
    node.put("node", job.node());
    node.put("cancel_requested", job.cancelRequested());
    node.put("external_id", job.externalId());
    node.put("parent_id", job.parentId() == null ? null : job.parentId().toString());
    ArrayNode log = node.putArray("log");
    job.log().forEach(log::add);
    node.put("seq", job.seq());
    node.put("task", job.task());
    JobSettings settings = job.settings();
    node.put("retries", settings.retries());
    node.put("backoff", settings.backoff() == null ? null : Backoffs.format(settings.backoff()));
    node.put("timeout", settings.timeout() == null ? null : Durations.format(settings.timeout()));
    node.put("retry_timeouts", settings.retryTimeouts());
    Counts counts = job.counts();
    node.putObject("counts")
        .put("failed", counts.failed())
        .put("crashed", counts.crashed())
        .put("lost", counts.lost())
        .put("handler_crashes", counts.handlerCrashes());
    String meta = job.meta();
    node.set("meta", meta == null ? null : Json.stored(meta.getBytes(StandardCharsets.UTF_8)));
    return node;
  }

  /** An entry of a list: without what may be long. */
  public static ObjectNode listed(JobView job) {
    ObjectNode node = shown(job);
    node.remove(List.of("log", "result", "progress", "errors", "meta"));
    node.put("failures", job.errors().size());
    Failure last = job.errors().isEmpty() ? null : job.errors().getLast();
    if (last == null) {
      node.putNull("last_error");
    } else {
      node.putObject("last_error")
          .put("type", last.type().word())
          .put("class", last.className())
          .put("message", last.message())
          .put("at", last.at().toString());
    }
    return node;
  }

  /** The run it is in or ended with; 0 before the first. */
  public static int attempt(JobView job) {
    boolean uncharged =
        job.state() == JobState.SUCCEEDED
            || (job.state() == JobState.RUNNING && job.phase() == Phase.RUN);
    return job.counts().charged() + (uncharged ? 1 : 0);
  }

  /** The errors of a job, oldest first. */
  public static void errors(ArrayNode array, Collection<Failure> errors) {
    for (Failure error : errors) {
      ObjectNode node = array.addObject();
      node.put("type", error.type().word());
      node.put("class", error.className());
      node.put("message", error.message());
      node.put("stack", error.stack());
      node.put("at", error.at().toString());
      node.put("node", error.node());
      node.put("worker_pid", error.workerPid());
      if (error.threadDump() != null) {
        node.put("thread_dump", error.threadDump());
      }
    }
  }
}
