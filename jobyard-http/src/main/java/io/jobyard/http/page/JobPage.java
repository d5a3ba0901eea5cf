package io.jobyard.http.page;

import io.jobyard.Failure;
import io.jobyard.JobState;
import io.jobyard.config.Durations;
import io.jobyard.http.Mask;
import io.jobyard.http.NodeLink;
import io.jobyard.store.JobView;
import io.jobyard.store.Phase;
import io.jobyard.view.JobJson;
import io.jobyard.view.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One job: its story, what it was given and gave, and why it failed. */
public final class JobPage {
  private static final int MOST_SHOWN = 256 * 1024;
  private static final int MOST_ERRORS = 20;

  private final JobView job;
  private final Words words;
  private final NodeLink.@Nullable Said said;
  private final boolean here;
  private final @Nullable String worker;
  private final String payload;
  private final boolean masked;
  private final @Nullable String result;

  /** A step of its story; null where there is no time or nothing more to say. */
  public record Event(String what, @Nullable String at, String tone, @Nullable String detail) {}

  /** An error. */
  public record Trace(
      String number,
      String type,
      String title,
      String at,
      @Nullable String where,
      String stack,
      @Nullable String dump,
      boolean open) {}

  /** A property; a link where it leads somewhere, a time where it is a moment. */
  public record Fact(String name, String value, @Nullable String href, boolean moment) {}

  /**
   * A job as it is now.
   *
   * @param said while it runs here; null otherwise
   * @param here whether it runs on the node beside these pages
   * @param worker the pid of the worker that runs it; null if it is not known
   */
  JobPage(
      JobView job,
      NodeLink.@Nullable Said said,
      boolean here,
      @Nullable String worker,
      Mask mask,
      Words words) {
    this.job = job;
    this.said = said;
    this.here = here;
    this.worker = worker;
    this.words = words;
    JsonNode tree = Json.stored(job.payload().bytes());
    JsonNode plain = tree.deepCopy();
    mask.hide(tree);
    this.masked = !tree.equals(plain);
    this.payload = shown(tree);
    byte[] value = job.result();
    if (value == null) {
      this.result = null;
    } else {
      JsonNode given = Json.stored(value);
      mask.hide(given);
      this.result = shown(given);
    }
  }

  private static String shown(JsonNode tree) {
    String text = tree.isString() ? tree.asString() : tree.toPrettyString();
    return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "\n…";
  }

  public String id() {
    return job.id().toString();
  }

  public String kind() {
    return job.kind();
  }

  public String queue() {
    return job.queue();
  }

  public String state() {
    return job.state().name();
  }

  public String tone() {
    return JobList.tone(job.state());
  }

  public boolean running() {
    return job.state() == JobState.RUNNING;
  }

  public boolean ended() {
    return job.state().finished();
  }

  public boolean here() {
    return here;
  }

  public boolean retryable() {
    return Sweep.Deed.RETRY.states().contains(job.state());
  }

  public boolean cancellable() {
    return Sweep.Deed.CANCEL.states().contains(job.state());
  }

  public boolean forgettable() {
    return Sweep.Deed.FORGET.states().contains(job.state());
  }

  public String payload() {
    return payload;
  }

  public boolean masked() {
    return masked;
  }

  public String payloadSize() {
    return Figures.bytes(job.payload().bytes().length);
  }

  public @Nullable String result() {
    return result;
  }

  public String log() {
    return String.join("\n", said != null ? said.lines() : job.log());
  }

  // ---- progress

  private JsonNode progress() {
    ObjectNode progress = said == null ? null : said.progress();
    return progress == null ? Json.object() : progress;
  }

  public long progressDone() {
    return progress().path("done").asLong(0);
  }

  public long progressTotal() {
    return progress().path("total").asLong(0);
  }

  public @Nullable String progressNote() {
    String note = progress().path("note").asString("");
    return note.isEmpty() ? null : note;
  }

  // ---- story

  public List<Event> story() {
    List<Event> story = new ArrayList<>();
    String by = job.parentId() == null ? null : words.say("fact.parent") + " " + job.parentId();
    story.add(new Event(words.say("story.pushed"), job.pushedAt().toString(), "", by));
    List<Failure> errors = job.errors();
    int shown = Math.min(errors.size(), MOST_ERRORS);
    if (errors.size() > shown) {
      story.add(event("story.more", null, "", errors.size() - shown));
    }
    for (int i = errors.size() - shown; i < errors.size(); i++) {
      Failure error = errors.get(i);
      String type = words.say("failure." + error.type().word());
      String what = words.say("story.error", i + 1, type);
      story.add(new Event(what, error.at().toString(), "bad", line(error)));
    }
    now(story);
    return story;
  }

  private void now(List<Event> story) {
    String started = job.startedAt() == null ? null : job.startedAt().toString();
    String ended = job.finishedAt() == null ? null : job.finishedAt().toString();
    String runAt = job.runAt().toString();
    switch (job.state()) {
      case READY -> story.add(event("story.ready", runAt, "warn"));
      case SCHEDULED ->
          story.add(event(job.errors().isEmpty() ? "story.due" : "story.waits", runAt, "warn"));
      case RUNNING -> {
        String node = job.node() == null ? "?" : job.node();
        story.add(
            job.phase() == Phase.FAILING
                ? event("story.failing", started, "run")
                : new Event(
                    words.say("story.running", node),
                    started,
                    "run",
                    worker == null ? null : words.say("worker") + " " + worker));
        if (job.cancelRequested()) {
          story.add(event("story.cancel", null, "warn"));
        }
      }
      case SUCCEEDED, FAILED, CANCELLED -> {
        if (started != null && job.state() == JobState.SUCCEEDED) {
          story.add(event("story.leased", started, "run"));
        }
        story.add(event("story.end." + job.state(), ended, tone()));
      }
    }
  }

  private Event event(String key, @Nullable String at, String tone, Object... values) {
    return new Event(words.say(key, values), at, tone, null);
  }

  private static String line(Failure error) {
    String message = error.message().lines().findFirst().orElse("");
    String name = error.className().substring(error.className().lastIndexOf('.') + 1);
    return name.isEmpty() ? message : message.isEmpty() ? name : name + ": " + message;
  }

  public List<Trace> errors() {
    List<Trace> traces = new ArrayList<>();
    List<Failure> errors = job.errors();
    for (int i = errors.size() - 1; i >= Math.max(0, errors.size() - MOST_ERRORS); i--) {
      Failure error = errors.get(i);
      String where =
          error.workerPid() == 0
              ? error.node()
              : error.node() + ", " + words.say("pid") + " " + error.workerPid();
      traces.add(
          new Trace(
              Integer.toString(i + 1),
              error.type().word(),
              line(error),
              error.at().toString(),
              where.isEmpty() ? null : where,
              error.stack(),
              error.threadDump(),
              i == errors.size() - 1));
    }
    return traces;
  }

  // ---- facts

  public List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    add(facts, "fact.attempt", Integer.toString(JobJson.attempt(job)));
    moment(facts, "fact.pushed", job.pushedAt());
    moment(facts, "fact.due", job.runAt());
    moment(facts, "fact.started", job.startedAt());
    moment(facts, "fact.finished", job.finishedAt());
    add(facts, "fact.node", job.node());
    String queue = words.say("fact.queuesDefault");
    Integer retries = job.settings().retries();
    add(facts, "fact.retries", retries == null ? queue : retries.toString());
    var timeout = job.settings().timeout();
    add(facts, "fact.timeout", timeout == null ? queue : Durations.format(timeout));
    add(facts, "fact.priority", Integer.toString(job.priority()));
    add(facts, "fact.worker", job.slot() == null ? null : job.slot().toString());
    if (job.parentId() != null) {
      String parent = job.parentId().toString();
      facts.add(new Fact(words.say("fact.parent"), parent, "/jobs/" + parent, false));
    }
    add(facts, "fact.external", job.externalId());
    add(facts, "fact.fence", Long.toString(job.fence()));
    add(facts, "fact.id", job.id().toString());
    return facts;
  }

  private void add(List<Fact> facts, String key, @Nullable String value) {
    if (value != null) {
      facts.add(new Fact(words.say(key), value, null, false));
    }
  }

  private void moment(List<Fact> facts, String key, java.time.@Nullable Instant at) {
    if (at != null) {
      facts.add(new Fact(words.say(key), at.toString(), null, true));
    }
  }
}
