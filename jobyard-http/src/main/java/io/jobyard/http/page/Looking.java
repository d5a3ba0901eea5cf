package io.jobyard.http.page;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.jobyard.JobState;
import io.jobyard.http.Need;
import io.jobyard.http.NodeLink;
import io.jobyard.http.Problem;
import io.jobyard.http.Search;
import io.jobyard.http.Wanted;
import io.jobyard.stats.Backlog;
import io.jobyard.stats.Load;
import io.jobyard.stats.Span;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.QueueStatus;
import io.jobyard.view.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The pages, and the parts of them that are fetched again when something changed. */
final class Looking {
  private static final int PAGE = 50;
  private static final int LONGEST = 300;
  private static final String[] ASKED = {"state", "kind", "text", "queue", "span", "next"};

  /** The status that ends htmx's asking again. */
  private static final int STOP_POLLING = 286;

  private final Site site;

  Looking(Site site) {
    this.site = site;
  }

  void addTo(RoutesConfig routes) {
    routes.get("/", this::overview, Need.READ);
    routes.get("/parts/tiles", request -> overview(request, "tiles"), Need.READ);
    routes.get("/parts/queues", request -> overview(request, "queues"), Need.READ);
    routes.get("/parts/nodes", request -> overview(request, "nodes"), Need.READ);
    routes.get("/charts", this::charts, Need.READ);
    routes.get("/jobs", request -> jobs(request, null), Need.READ);
    routes.get("/queues/{queue}", request -> jobs(request, request.pathParam("queue")), Need.READ);
    routes.get("/jobs/{id}", request -> job(request, "job"), Need.READ);
    routes.get("/parts/jobs/{id}", request -> job(request, "jobbody"), Need.READ);
    routes.get("/parts/jobs/{id}/sight", this::sight, Need.READ);
    routes.get("/failures", request -> failures(request, "failures"), Need.READ);
    routes.get("/parts/failures", request -> failures(request, "groups"), Need.READ);
    routes.get("/workers", request -> workers(request, "workers"), Need.READ);
    routes.get("/parts/workers", request -> workers(request, "crew"), Need.READ);
  }

  private void overview(Context request) {
    overview(request, "overview");
  }

  private void overview(Context request, String template) {
    Frame f = site.frame(request, "overview");
    String span = Site.word(Site.span(request, Span.HOUR));
    Overview o = Overview.of(site.board.seen(), site.storeName(), span, site.here());
    site.show(request, template, Map.of("f", f, "o", o));
  }

  private void workers(Context request, String template) {
    Frame f = site.frame(request, "workers");
    Crew crew = Crew.of(site.board.seen(), site.here());
    site.show(request, template, Map.of("f", f, "c", crew));
  }

  private void failures(Context request, String template) {
    Frame f = site.frame(request, "failures");
    Span span = Site.span(request, Span.DAY) == Span.WEEK ? Span.WEEK : Span.DAY;
    Failures p = Failures.of(site.history.troubles(span), Site.word(span), f.words());
    site.show(request, template, Map.of("f", f, "p", p));
  }

  // ---- charts

  private void charts(Context request) {
    String queue = request.queryParam("queue");
    String series = queue == null ? "" : queue;
    Span span = Site.span(request, Span.HOUR);
    List<Instant> times = site.history.times(span);
    List<Load> loads = site.history.load(series, span);
    List<Backlog> backlog = site.history.backlog(series, span);
    ObjectNode answer = Json.object();
    answer.put("hours", span.length().toHours());
    fill(answer, "times", times, Instant::getEpochSecond);
    fill(answer, "succeeded", loads, load -> load.get(Load.Count.SUCCEEDED));
    fill(answer, "troubles", loads, Load::troubles);
    fill(answer, "failed", loads, load -> load.get(Load.Count.FAILED));
    fill(answer, "p50", loads, load -> load.waited().percentile(50).toMillis());
    fill(answer, "p99", loads, load -> load.waited().percentile(99).toMillis());
    fill(answer, "ready", backlog, Backlog::ready);
    request.contentType("application/json").result(Json.bytes(answer));
  }

  private static <T> void fill(
      ObjectNode answer, String name, List<T> points, ToLongFunction<T> value) {
    ArrayNode array = answer.putArray(name);
    points.forEach(point -> array.add(value.applyAsLong(point)));
  }

  // ---- jobs

  private void jobs(Context request, @Nullable String queue) {
    Frame f = site.frame(request, queue == null ? "jobs" : "overview");
    Board.Seen seen = site.board.seen();
    List<QueueStatus> counts = seen.queues();
    if (queue != null) {
      QueueStatus own = site.queue(seen, queue);
      if (own == null) {
        own = site.queue(site.board.renewed(), queue);
      }
      if (own == null) {
        throw Problem.unknown("queue '" + queue + "' was never pushed to, served or paused");
      }
      counts = List.of(own);
    }
    Map<String, String> query = asked(request);
    if (queue != null) {
      query.remove("queue");
    }
    String part = request.queryParam("part");
    if ("tabs".equals(part)) {
      JobList list = new JobList(queue, query, counts, List.of(), null, 0);
      site.show(request, "tabs", Map.of("f", f, "l", list));
      return;
    }
    Wanted wanted = wanted(query, queue);
    Search.Page page = site.search.page(wanted, query.get("next"), PAGE);
    JobList list = new JobList(queue, query, counts, page.jobs(), page.next(), page.lookedAt());
    site.show(request, "rows".equals(part) ? "rows" : "jobs", Map.of("f", f, "l", list));
  }

  /** What a request asks for: only what is known, and not too long. */
  static Map<String, String> asked(Context request) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String name : ASKED) {
      String value = request.queryParam(name);
      if (value == null) {
        value = request.formParam(name);
      }
      if (value != null && !value.isBlank() && value.length() <= LONGEST) {
        query.put(name, value.strip());
      }
    }
    String state = query.get("state");
    if (state != null
        && List.of(JobState.values()).stream().noneMatch(known -> known.name().equals(state))) {
      query.remove("state");
    }
    return query;
  }

  static Wanted wanted(Map<String, String> query, @Nullable String queue) {
    String state = query.get("state");
    JobFilter filter =
        new JobFilter(
            Set.of(),
            queue != null ? queue : query.get("queue"),
            state == null ? Set.of() : Set.of(JobState.valueOf(state)),
            query.get("kind"));
    return new Wanted(filter, null, null, null, null, query.get("text"));
  }

  private void job(Context request, String template) {
    Frame f = site.frame(request, "jobs");
    UUID id = id(request);
    JobView job =
        site.store.find(List.of(id)).stream()
            .findFirst()
            .orElseThrow(() -> Problem.unknown(f.say("gone.job")));
    boolean here =
        job.state() == JobState.RUNNING && job.node() != null && job.node().equals(site.here());
    NodeLink.Said said = here ? site.node.said(id, 0).orElse(null) : null;
    String worker = here ? worker(site.board.seen().node(), id) : null;
    JobPage page = new JobPage(job, said, here, worker, site.mask, f.words());
    site.show(request, template, Map.of("f", f, "j", page));
  }

  /** Which of the node's workers runs a job, by pid; null if none is known to. */
  private static @Nullable String worker(@Nullable ObjectNode node, UUID job) {
    for (JsonNode worker : node == null ? List.<JsonNode>of() : node.path("workers")) {
      for (JsonNode runs : worker.path("jobs")) {
        if (runs.asString().equals(job.toString())) {
          return worker.path("pid").asString();
        }
      }
    }
    return null;
  }

  /** Where it stands while it runs here, else nothing; asked for again until it has ended. */
  private void sight(Context request) {
    Frame f = site.frame(request, "jobs");
    UUID id = id(request);
    boolean over = site.store.find(List.of(id)).stream().allMatch(job -> job.state().finished());
    if (over) {
      request.status(STOP_POLLING).contentType("text/html; charset=utf-8").result("");
      return;
    }
    ObjectNode sight = site.node.sight(id).orElse(null);
    site.show(request, "sight", Map.of("f", f, "s", new Sight(sight)));
  }

  static UUID id(Context request) {
    String text = request.pathParam("id");
    try {
      if (text.length() == 36) {
        return UUID.fromString(text);
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw Problem.unknown("this is not the id of a job");
  }
}
