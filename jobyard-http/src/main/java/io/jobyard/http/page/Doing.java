package io.jobyard.http.page;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.jobyard.JobState;
import io.jobyard.config.Durations;
import io.jobyard.http.Need;
import io.jobyard.http.Problem;
import io.jobyard.http.Wanted;
import io.jobyard.run.Ids;
import io.jobyard.stats.Cause;
import io.jobyard.stats.CauseCount;
import io.jobyard.stats.Span;
import io.jobyard.stats.Trouble;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.store.Payload;
import io.jobyard.store.Phase;
import io.jobyard.view.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What operators do on the pages. Each is a form; the page it leads to says what came of it. */
final class Doing {
  private final Site site;
  private final Sweep sweep;
  private final Ids ids = new Ids();

  Doing(Site site) {
    this.site = site;
    this.sweep = new Sweep(site.store);
  }

  void addTo(RoutesConfig routes) {
    routes.post("/jobs/{id}/retry", this::retry, Need.OPERATE);
    routes.post("/jobs/{id}/cancel", this::cancel, Need.OPERATE);
    routes.get("/jobs/{id}/forget", this::askForget, Need.OPERATE);
    routes.post("/jobs/{id}/forget", this::forget, Need.OPERATE);
    routes.post("/jobs/{id}/again", this::again, Need.OPERATE);
    routes.post("/queues/{queue}/pause", request -> pause(request, true), Need.OPERATE);
    routes.post("/queues/{queue}/resume", request -> pause(request, false), Need.OPERATE);
    routes.get("/bulk", this::askBulk, Need.OPERATE);
    routes.post("/bulk", this::bulk, Need.OPERATE);
    routes.get("/failures/{group}/{deed}", this::askGroup, Need.OPERATE);
    routes.post("/failures/{group}/{deed}", this::group, Need.OPERATE);
    routes.post("/workers/reload", this::reload, Need.ADMIN);
    routes.post("/workers/{pid}/drain", this::drain, Need.ADMIN);
    routes.get("/workers/{pid}/kill", this::askKill, Need.ADMIN);
    routes.post("/workers/{pid}/kill", this::kill, Need.ADMIN);
  }

  // ---- one job

  private void retry(Context request) {
    UUID id = Looking.id(request);
    int done = site.store.retry(JobFilter.ids(Set.of(id)), 1);
    site.trail.did(request, "retry", id.toString(), Integer.toString(done));
    back(request, "/jobs/" + id, done == 1 ? "done.retry" : "done.finished");
  }

  private void cancel(Context request) {
    UUID id = Looking.id(request);
    CancelAnswer answer = site.store.cancel(List.of(id)).getOrDefault(id, CancelAnswer.UNKNOWN);
    site.trail.did(request, "cancel", id.toString(), answer.name());
    boolean done = answer == CancelAnswer.CANCELLED || answer == CancelAnswer.REQUESTED;
    back(request, "/jobs/" + id, done ? "done.cancel" : "done.finished");
  }

  private void askForget(Context request) {
    Frame f = site.frame(request, "jobs");
    String action = "/jobs/" + Looking.id(request) + "/forget";
    ask(
        request,
        f,
        new Preview(
            action,
            f.say("forget.title"),
            f.say("forget.says"),
            null,
            f.say("forget"),
            true,
            true,
            Map.of()));
  }

  private void forget(Context request) {
    UUID id = Looking.id(request);
    String queue = find(id).queue();
    int done = site.store.forget(JobFilter.ids(Set.of(id)), 1);
    site.trail.did(request, "forget", id.toString(), Integer.toString(done));
    if (done == 0) {
      back(request, "/jobs/" + id, "done.finished");
    } else {
      back(request, "/queues/" + Frame.encoded(queue), "done.forget");
    }
  }

  private void again(Context request) {
    JobView job = find(Looking.id(request));
    String text = field(request, "payload");
    String flaw = Json.problem(text);
    if (flaw != null) {
      throw Problem.bad("payload is not JSON: " + flaw);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var typed = Json.read(bytes);
    Unmask.restore(typed, Json.stored(job.payload().bytes()), site.mask);
    NewJob pushed =
        new NewJob(
            ids.next(),
            null,
            field(request, "queue"),
            field(request, "kind"),
            Payload.json(Json.bytes(typed)),
            new NewJob.Due.In(delay(request)),
            job.priority(),
            job.slot(),
            job.task(),
            job.settings(),
            null,
            null,
            null,
            job.meta());
    UUID id = site.store.push(List.of(pushed)).getFirst();
    site.trail.did(request, "push", id.toString(), "again after " + job.id());
    site.board.renewed();
    request.redirect("/jobs/" + id);
  }

  private static Duration delay(Context request) {
    String text = request.formParam("delay");
    if (text == null || text.isBlank()) {
      return Duration.ZERO;
    }
    try {
      return Durations.parse(text.strip());
    } catch (IllegalArgumentException e) {
      throw Problem.field("delay", "must be a duration such as 10s");
    }
  }

  private JobView find(UUID id) {
    return site.store.find(List.of(id)).stream()
        .findFirst()
        .orElseThrow(() -> Problem.unknown("job " + id + " is not in the store any more"));
  }

  // ---- a queue

  private void pause(Context request, boolean paused) {
    String queue = request.pathParam("queue");
    if (site.queue(site.board.seen(), queue) == null) {
      throw Problem.unknown("queue '" + queue + "' was never pushed to, served or paused");
    }
    site.store.pause(queue, paused);
    site.trail.did(request, paused ? "pause" : "resume", queue, "done");
    back(request, "/queues/" + Frame.encoded(queue), paused ? "done.pause" : "done.resume");
  }

  // ---- many jobs

  private void askBulk(Context request) {
    Frame f = site.frame(request, "jobs");
    Sweep.Deed deed = deed(request.queryParam("deed"));
    Map<String, String> query = Looking.asked(request);
    Wanted wanted = Looking.wanted(query, null);
    Map<String, String> fields = new HashMap<>(query);
    fields.put("deed", Frame.lower(deed));
    preview(request, f, deed, sweep.count(deed, wanted.filter(), wanted::fits), "/bulk", fields);
  }

  private void bulk(Context request) {
    Sweep.Deed deed = deed(request.formParam("deed"));
    Map<String, String> query = Looking.asked(request);
    Wanted wanted = Looking.wanted(query, null);
    Sweep.Came came = sweep.run(deed, wanted.filter(), wanted::fits);
    site.trail.did(request, Frame.lower(deed), query.toString(), Integer.toString(came.jobs()));
    String queue = query.remove("queue");
    JobList list = new JobList(queue, query, List.of(), List.of(), null, 0);
    done(request, list.with("next", ""), deed, came);
  }

  private void askGroup(Context request) {
    Frame f = site.frame(request, "failures");
    Sweep.Deed deed = deed(request.pathParam("deed"));
    CauseCount group = group(request.pathParam("group"));
    Sweep.Came came = sweep.count(deed, filter(group), meant(group));
    String action = "/failures/" + group.id() + "/" + Frame.lower(deed);
    preview(request, f, deed, came, action, Map.of());
  }

  private void group(Context request) {
    Sweep.Deed deed = deed(request.pathParam("deed"));
    CauseCount group = group(request.pathParam("group"));
    Sweep.Came came = sweep.run(deed, filter(group), meant(group));
    String about = group.queue() + " " + group.kind() + " " + group.cause().message();
    site.trail.did(request, Frame.lower(deed), about, Integer.toString(came.jobs()));
    done(request, "/failures", deed, came);
  }

  private CauseCount group(String id) {
    return site.history.troubles(Span.WEEK).stream()
        .map(Trouble::count)
        .filter(count -> count.id().equals(id))
        .findFirst()
        .orElseThrow(() -> Problem.unknown("no run failed so within the last week"));
  }

  private static JobFilter filter(CauseCount group) {
    return new JobFilter(
        Set.of(),
        group.queue(),
        Set.of(JobState.FAILED),
        group.kind().isEmpty() ? null : group.kind());
  }

  /** Failed for this cause at last; what its failure handlers threw after that does not count. */
  private static Predicate<JobView> meant(CauseCount group) {
    return job -> {
      int size = job.errors().size();
      int looked = job.phase() == Phase.FAILING ? 3 : 1;
      return job.errors().subList(Math.max(0, size - looked), size).stream()
          .anyMatch(error -> Cause.of(error).equals(group.cause()));
    };
  }

  private void preview(
      Context request,
      Frame f,
      Sweep.Deed deed,
      Sweep.Came came,
      String action,
      Map<String, String> fields) {
    String word = Frame.lower(deed);
    String jobs = f.number(came.jobs());
    boolean any = came.jobs() > 0 || came.more();
    ask(
        request,
        f,
        new Preview(
            action,
            f.say("bulk." + word + ".title"),
            any
                ? f.say("bulk.says." + word, came.more() ? "≥ " + jobs : jobs)
                : f.say("bulk.says.none"),
            came.more() ? f.say("bulk.says.more", jobs) : null,
            f.say("bulk.do." + word, came.more() ? "≥ " + jobs : jobs),
            any,
            deed != Sweep.Deed.RETRY,
            fields));
  }

  private void done(Context request, String path, Sweep.Deed deed, Sweep.Came came) {
    String key = "bulk.done." + Frame.lower(deed);
    Frame.say(request, key, Figures.number(came.jobs()), came.more() ? "more" : "all");
    go(request, path);
  }

  private static Sweep.Deed deed(@Nullable String word) {
    for (Sweep.Deed deed : Sweep.Deed.values()) {
      if (Frame.lower(deed).equals(word)) {
        return deed;
      }
    }
    throw Problem.bad("jobs can be retried, cancelled and forgotten");
  }

  // ---- workers

  private void reload(Context request) throws InterruptedException {
    requireNode();
    String came = Json.write(site.node.reload());
    site.trail.did(request, "reload", site.here(), came);
    Frame.say(request, "done.reload", came.substring(0, Math.min(200, came.length())));
    go(request, "/workers");
  }

  private void drain(Context request) {
    long pid = pid(request);
    requireWorker(site.node.drain(pid));
    site.trail.did(request, "drain", Long.toString(pid), "done");
    back(request, "/workers", "done.drain");
  }

  private void askKill(Context request) {
    Frame f = site.frame(request, "workers");
    long pid = pid(request);
    ask(
        request,
        f,
        new Preview(
            "/workers/" + pid + "/kill",
            f.say("kill.title"),
            f.say("kill.says", pid),
            null,
            f.say("kill.button"),
            true,
            true,
            Map.of()));
  }

  private void kill(Context request) {
    long pid = pid(request);
    requireWorker(site.node.kill(pid));
    site.trail.did(request, "kill", Long.toString(pid), "done");
    back(request, "/workers", "done.kill");
  }

  private void requireNode() {
    if (site.here() == null) {
      throw Problem.conflict("no node runs beside these pages");
    }
  }

  private static void requireWorker(boolean there) {
    if (!there) {
      throw Problem.unknown("this process is gone already");
    }
  }

  private static long pid(Context request) {
    String text = request.pathParam("pid");
    if (!text.matches("[1-9][0-9]{0,17}")) {
      throw Problem.unknown("this is not the number of a process");
    }
    return Long.parseLong(text);
  }

  // ---- all

  private void ask(Context request, Frame f, Preview preview) {
    site.show(request, "bulk", Map.of("f", f, "p", preview));
  }

  private void back(Context request, String path, String says) {
    Frame.say(request, says);
    go(request, path);
  }

  private void go(Context request, String path) {
    Board.Seen unused = site.board.renewed();
    request.redirect(path, HttpStatus.SEE_OTHER);
  }

  private static String field(Context request, String name) {
    String value = request.formParam(name);
    if (value == null || value.isBlank()) {
      throw Problem.field(name, "must not be empty");
    }
    return value.strip();
  }
}
