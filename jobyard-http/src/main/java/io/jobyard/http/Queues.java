package io.jobyard.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.jobyard.JobState;
import io.jobyard.codec.Names;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.store.QueueStatus;
import io.jobyard.view.Json;
import io.jobyard.view.QueueJson;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Queues: counts, pause and resume, clean. */
final class Queues {
  private static final Set<JobState> CLEANED =
      EnumSet.of(JobState.READY, JobState.SCHEDULED, JobState.FAILED, JobState.CANCELLED);
  private static final int STEP = 1_000;
  private static final Set<String> FIELDS = Set.of("states", "dry_run");

  private final JobStore store;
  private final Bodies bodies;
  private final Trail trail;

  Queues(JobStore store, Bodies bodies, Trail trail) {
    this.store = store;
    this.bodies = bodies;
    this.trail = trail;
  }

  void addTo(RoutesConfig routes) {
    routes.get("/api/v1/queues", this::list, Need.READ);
    routes.get("/api/v1/queues/{queue}", this::show, Need.READ);
    routes.post("/api/v1/queues/{queue}/pause", request -> pause(request, true), Need.OPERATE);
    routes.post("/api/v1/queues/{queue}/resume", request -> pause(request, false), Need.OPERATE);
    routes.post("/api/v1/queues/{queue}/clean", this::clean, Need.ADMIN);
  }

  private void list(Context request) {
    Params.allow(request);
    Answers.json(request, 200, QueueJson.document(store.queues()));
  }

  private void show(Context request) {
    Params.allow(request);
    Answers.json(request, 200, QueueJson.of(find(name(request))));
  }

  private void pause(Context request, boolean paused) {
    Params.allow(request);
    String queue = name(request);
    store.pause(queue, paused);
    trail.did(request, paused ? "pause" : "resume", queue, "done");
    Answers.json(request, 200, QueueJson.of(find(queue)));
  }

  private void clean(Context request) throws Exception {
    Params.allow(request);
    String queue = name(request);
    bodies.json(
        request,
        body -> {
          ObjectNode said = Bulk.object(body);
          Params.requireKnown(said, "", FIELDS);
          Set<JobState> states = states(said.get("states"));
          boolean dryRun = Params.flag(said, "", "dry_run");
          QueueStatus status = find(queue);
          long bound = states.stream().mapToLong(state -> count(status, state)).sum();
          long removed = dryRun ? bound : remove(queue, states, bound);
          if (!dryRun) {
            trail.did(request, "clean", queue + " " + states, Long.toString(removed));
          }
          Answers.json(request, 200, Json.object().put("jobs", removed).put("dry_run", dryRun));
        });
  }

  /** No more than there were at first, so that a busy producer cannot keep this going. */
  private long remove(String queue, Set<JobState> states, long bound) {
    JobFilter these = new JobFilter(Set.of(), queue, states, null);
    long removed = 0;
    while (removed < bound) {
      int step = store.forget(these, (int) Math.min(STEP, bound - removed));
      if (step == 0) {
        break;
      }
      removed += step;
    }
    return removed;
  }

  private static Set<JobState> states(JsonNode said) {
    if (said == null || said.isNull()) {
      return CLEANED;
    }
    List<String> words = new ArrayList<>();
    if (!said.isArray() || said.isEmpty()) {
      throw Problem.field("states", "must be a list of " + CLEANED);
    }
    said.forEach(word -> words.add(word.isString() ? word.asString() : "?"));
    Set<JobState> states = Params.states(words);
    if (!CLEANED.containsAll(states)) {
      throw Problem.field("states", "must be of " + CLEANED + ", got " + states);
    }
    return states;
  }

  static long count(QueueStatus status, JobState state) {
    return switch (state) {
      case READY -> status.ready();
      case SCHEDULED -> status.scheduled();
      case RUNNING -> status.running();
      case SUCCEEDED -> status.succeeded();
      case FAILED -> status.failed();
      case CANCELLED -> status.cancelled();
    };
  }

  private static String name(Context request) {
    String name = request.pathParam("queue");
    String flaw = Names.flaw(name);
    if (flaw != null) {
      throw Problem.field("queue", flaw);
    }
    return name;
  }

  private QueueStatus find(String queue) {
    return store.queues().stream()
        .filter(status -> status.queue().equals(queue))
        .findFirst()
        .orElseThrow(() ->
            Problem.unknown(
                "queue '" + queue + "' was never pushed to, served or paused in this store"));
  }
}
