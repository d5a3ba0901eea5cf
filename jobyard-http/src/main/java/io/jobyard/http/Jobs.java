package io.jobyard.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.jobyard.JobState;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.view.JobJson;
import io.jobyard.view.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Jobs: push, look, wait, cancel, retry, forget. */
final class Jobs {
  private static final int USUAL_PAGE = 100;
  private static final int LARGEST_PAGE = 1_000;
  private static final int MOST_FOUND = 1_000;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final Duration USUAL_WAIT = Duration.ofSeconds(30);

  /** What is listed of a payload; a job by itself shows all of it. */
  private static final int LISTED_PAYLOAD = 16 * 1024;

  private final JobStore store;
  private final Search search;
  private final NodeLink node;
  private final Waiting waiting;
  private final Bodies bodies;
  private final Receipts receipts;
  private final Mask mask;
  private final Trail trail;

  Jobs(
      JobStore store,
      Search search,
      NodeLink node,
      Waiting waiting,
      Bodies bodies,
      Receipts receipts,
      Mask mask,
      Trail trail) {
    this.store = store;
    this.search = search;
    this.node = node;
    this.waiting = waiting;
    this.bodies = bodies;
    this.receipts = receipts;
    this.mask = mask;
    this.trail = trail;
  }

  void addTo(RoutesConfig routes) {
    routes.post("/api/v1/jobs", this::push, Need.OPERATE);
    routes.post("/api/v1/jobs/batch", this::pushMany, Need.OPERATE);
    routes.get("/api/v1/jobs", this::list, Need.READ);
    routes.post("/api/v1/jobs/find", this::find, Need.READ);
    routes.get("/api/v1/jobs/{id}", this::show, Need.READ);
    routes.delete("/api/v1/jobs/{id}", this::forget, Need.OPERATE);
    routes.get("/api/v1/jobs/{id}/wait", this::await, Need.READ);
    routes.get("/api/v1/jobs/{id}/log", this::log, Need.READ);
    routes.get("/api/v1/jobs/{id}/running", this::running, Need.READ);
    routes.post("/api/v1/jobs/{id}/cancel", this::cancel, Need.OPERATE);
    routes.post("/api/v1/jobs/{id}/retry", this::retry, Need.OPERATE);
  }

  // ---- push ----

  private void push(Context request) throws Exception {
    Params.allow(request);
    bodies.json(
        request,
        body -> {
          List<UUID> ids = store(request, body, List.of(PushReader.one(body)));
          Answers.json(request, 201, Json.object().put("id", ids.getFirst().toString()));
        });
  }

  private void pushMany(Context request) throws Exception {
    Params.allow(request);
    bodies.json(
        request,
        body -> {
          List<NewJob> jobs = PushReader.many(body);
          PushReader.requireDistinct(jobs);
          ObjectNode answer = Json.object();
          ArrayNode ids = answer.putArray("ids");
          store(request, body, jobs).forEach(id -> ids.add(id.toString()));
          Answers.json(request, 201, answer);
        });
  }

  private List<UUID> store(Context request, byte[] body, List<NewJob> jobs) {
    String key = request.header("Idempotency-Key");
    return receipts.push(key, Caller.of(request), body, jobs, store::push);
  }

  // ---- look ----

  private void list(Context request) {
    List<String> known = new ArrayList<>(Params.WANTED);
    known.addAll(List.of("limit", "next", "full"));
    Params.allow(request, known.toArray(String[]::new));
    int limit = Params.whole(request, "limit", 1, LARGEST_PAGE, USUAL_PAGE);
    Search.Page page = search.page(Params.wanted(request), Params.text(request, "next"), limit);
    ObjectNode answer = Json.object();
    ArrayNode jobs = answer.putArray("jobs");
    boolean full = Params.flag(request, "full");
    page.jobs().forEach(job -> jobs.add(full ? masked(JobJson.shown(job)) : listed(job)));
    answer.put("next", page.next());
    answer.put("looked_at", page.lookedAt());
    Answers.json(request, 200, answer);
  }

  private ObjectNode listed(JobView job) {
    ObjectNode entry = JobJson.listed(job);
    int size = job.payload().bytes().length;
    entry.put("payload_bytes", size);
    if (size > LISTED_PAYLOAD) {
      entry.putNull("payload");
    }
    return masked(entry);
  }

  private ObjectNode masked(ObjectNode job) {
    mask.hide(job.path("payload"));
    mask.hide(job.path("result"));
    return job;
  }

  private void find(Context request) throws Exception {
    Params.allow(request);
    bodies.json(
        request,
        body -> {
          ObjectNode said = Bulk.object(body);
          Params.requireKnown(said, "", Set.of("ids"));
          Set<UUID> ids = Params.ids(said, "");
          if (ids.size() > MOST_FOUND) {
            throw Problem.field("ids", "must be at most " + MOST_FOUND + ", got " + ids.size());
          }
          ObjectNode answer = Json.object();
          ArrayNode jobs = answer.putArray("jobs");
          store.find(ids).forEach(job -> jobs.add(masked(JobJson.shown(job))));
          Answers.json(request, 200, answer);
        });
  }

  private void show(Context request) {
    Params.allow(request);
    Answers.json(request, 200, shown(Params.id(request)));
  }

  /** All that is known of a job, what it says while it runs included. */
  ObjectNode shown(UUID id) {
    JobView job = find(id);
    ObjectNode answer = masked(JobJson.shown(job));
    NodeLink.Said said = said(job, 0);
    if (said != null) {
      answer.set("progress", said.progress());
      ArrayNode log = answer.putArray("log");
      said.lines().forEach(log::add);
    }
    return answer;
  }

  private void log(Context request) {
    Params.allow(request, "from");
    int from = Params.whole(request, "from", 0, Integer.MAX_VALUE, 0);
    JobView job = find(Params.id(request));
    NodeLink.Said said = said(job, from);
    ObjectNode answer = Json.object();
    ArrayNode lines = answer.putArray("lines");
    if (said != null) {
      said.lines().forEach(lines::add);
      answer.put("next", said.next());
    } else {
      job.log().stream().skip(from).forEach(lines::add);
      answer.put("next", Math.max(from, job.log().size()));
    }
    Answers.json(request, 200, answer);
  }

  /** Where it stands; null if it does not run on the node here. */
  private void running(Context request) {
    Params.allow(request);
    JobView job = find(Params.id(request));
    ObjectNode answer =
        Json.object().put("id", job.id().toString()).put("state", job.state().name());
    answer.set(
        "running", job.state() == JobState.RUNNING ? node.sight(job.id()).orElse(null) : null);
    Answers.json(request, 200, answer);
  }

  private NodeLink.@Nullable Said said(JobView job, long from) {
    return job.state() == JobState.RUNNING ? node.said(job.id(), from).orElse(null) : null;
  }

  private void await(Context request) {
    Params.allow(request, "timeout");
    UUID id = Params.id(request);
    Duration longest = Params.span(request, "timeout", LONGEST_WAIT, USUAL_WAIT);
    Optional<JobView> now = store.find(List.of(id)).stream().findFirst();
    if (now.isEmpty() || now.get().state().finished()) {
      Answers.json(request, 200, ended(id, now));
      return;
    }
    String state = now.get().state().name();
    var end = waiting.ended(id, longest.plusMillis(1)); // refuses before the request is left open
    Later later = Later.of(request);
    var unused =
        end.whenComplete((job, error) -> {
          if (error == null) {
            later.json(200, ended(id, job));
          } else if (error.getCause() instanceof TimeoutException) {
            later.json(202, end(id, state));
          } else {
            later.problem(Problem.busy("the node stops", 5));
          }
        });
  }

  private ObjectNode ended(UUID id, Optional<JobView> end) {
    // A job that is not in the store has succeeded: succeeded ones are removed.
    ObjectNode answer = end(id, end.map(job -> job.state().name()).orElse("SUCCEEDED"));
    byte[] result = end.isEmpty() ? null : end.get().result();
    answer.set("result", result == null ? null : Json.stored(result));
    ArrayNode errors = answer.putArray("errors");
    end.ifPresent(job -> JobJson.errors(errors, job.errors()));
    mask.hide(answer.path("result"));
    return answer;
  }

  private static ObjectNode end(UUID id, String state) {
    ObjectNode answer = Json.object().put("id", id.toString()).put("state", state);
    answer.putNull("result");
    answer.putArray("errors");
    return answer;
  }

  // ---- change ----

  private void cancel(Context request) {
    Params.allow(request);
    UUID id = Params.id(request);
    CancelAnswer answer = store.cancel(List.of(id)).getOrDefault(id, CancelAnswer.UNKNOWN);
    if (answer == CancelAnswer.UNKNOWN) {
      throw unknown(id);
    }
    trail.did(request, "cancel", id.toString(), answer.name());
    ObjectNode said = Json.object().put("id", id.toString()).put("answer", answer.name());
    Answers.json(request, 200, said);
  }

  private void retry(Context request) {
    Params.allow(request);
    UUID id = Params.id(request);
    if (store.retry(JobFilter.ids(Set.of(id)), 1) == 0) {
      throw Problem.conflict(
          "job " + id + " is " + find(id).state() + "; only FAILED and CANCELLED ones run again");
    }
    trail.did(request, "retry", id.toString(), "1");
    Answers.json(request, 200, Json.object().put("id", id.toString()).put("state", "READY"));
  }

  private void forget(Context request) {
    Params.allow(request);
    UUID id = Params.id(request);
    if (store.forget(JobFilter.ids(Set.of(id)), 1) == 0) {
      throw Problem.conflict("job " + id + " is " + find(id).state() + "; cancel it first");
    }
    trail.did(request, "forget", id.toString(), "1");
    request.status(204);
  }

  private JobView find(UUID id) {
    return store.find(List.of(id)).stream().findFirst().orElseThrow(() -> unknown(id));
  }

  private static Problem unknown(UUID id) {
    return Problem.unknown(
        "job " + id + " is not in the store: it succeeded and was removed, or never was");
  }
}
