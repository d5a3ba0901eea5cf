package io.jobyard.http;

import static io.jobyard.JobState.CANCELLED;
import static io.jobyard.JobState.FAILED;
import static io.jobyard.JobState.READY;
import static io.jobyard.JobState.RUNNING;
import static io.jobyard.JobState.SCHEDULED;
import static io.jobyard.JobState.SUCCEEDED;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.jobyard.JobState;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.view.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Many jobs at once, by filter: retry, cancel, forget. With {@code dry_run} it only says how many
 * are meant. One request deals with a bounded number and says whether there are more.
 */
public final class Bulk {
  private static final int USUAL = 10_000;
  private static final int MOST = 100_000;
  private static final int STEP = 500;
  private static final Set<String> FIELDS = Set.of("filter", "dry_run", "limit");

  private final JobStore store;
  private final Search search;
  private final Bodies bodies;
  private final Trail trail;

  /** What can be done, with the states a job must be in for it. */
  enum Action {
    RETRY("retry", Set.of(FAILED, CANCELLED)),
    CANCEL("cancel", Set.of(READY, SCHEDULED, RUNNING)),
    FORGET("forget", Set.of(READY, SCHEDULED, SUCCEEDED, FAILED, CANCELLED));

    private final String word;

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<JobState> states;

    Action(String word, Set<JobState> states) {
      this.word = word;
      this.states = states;
    }
  }

  Bulk(JobStore store, Search search, Bodies bodies, Trail trail) {
    this.store = store;
    this.search = search;
    this.bodies = bodies;
    this.trail = trail;
  }

  void addTo(RoutesConfig routes) {
    for (Action action : Action.values()) {
      routes.post("/api/v1/jobs/" + action.word, request -> run(request, action), Need.OPERATE);
    }
  }

  private void run(Context request, Action action) throws Exception {
    Params.allow(request);
    bodies.json(
        request,
        body -> {
          ObjectNode said = object(body);
          Params.requireKnown(said, "", FIELDS);
          JsonNode filter = said.get("filter");
          if (filter == null) {
            throw Problem.field("filter", "is missing; it says which jobs");
          }
          Wanted wanted = Params.wanted(filter);
          boolean dryRun = Params.flag(said, "", "dry_run");
          int limit = Params.whole(said, "limit", 1, MOST, USUAL);
          Came came = run(action, wanted, dryRun, limit);
          if (!dryRun) {
            trail.did(request, action.word, Json.write(filter), Integer.toString(came.jobs));
          }
          Answers.json(
              request,
              200,
              Json.object().put("jobs", came.jobs).put("more", came.more).put("dry_run", dryRun));
        });
  }

  /**
   * What came of it.
   *
   * @param jobs how many were dealt with, or would be
   * @param more whether others are meant, too
   */
  record Came(int jobs, boolean more) {}

  Came run(Action action, Wanted wanted, boolean dryRun, int limit) {
    Wanted narrowed = wanted.among(action.states);
    if (narrowed == null) {
      return new Came(0, false);
    }
    // The ids are taken down first, so that jobs that come back are not met twice.
    List<UUID> ids = new ArrayList<>();
    boolean more = search.each(narrowed, limit, job -> ids.add(job.id()));
    if (dryRun) {
      return new Came(ids.size(), more);
    }
    int done = 0;
    for (int from = 0; from < ids.size(); from += STEP) {
      done += step(action, ids.subList(from, Math.min(from + STEP, ids.size())));
    }
    return new Came(done, more);
  }

  private int step(Action action, List<UUID> ids) {
    JobFilter these = JobFilter.ids(new HashSet<>(ids));
    return switch (action) {
      case RETRY -> store.retry(these, ids.size());
      case FORGET -> store.forget(these, ids.size());
      case CANCEL ->
          (int)
              store.cancel(ids).values().stream()
                  .filter(a -> a == CancelAnswer.CANCELLED || a == CancelAnswer.REQUESTED)
                  .count();
    };
  }

  /** A small body. */
  static ObjectNode object(byte[] body) {
    try {
      if (Json.read(body) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      throw Problem.bad("the body is not valid JSON: " + PushReader.reason(e));
    }
    throw Problem.bad("the body must be a JSON object");
  }
}
