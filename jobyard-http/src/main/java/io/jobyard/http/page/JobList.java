package io.jobyard.http.page;

import io.jobyard.Failure;
import io.jobyard.JobState;
import io.jobyard.store.JobView;
import io.jobyard.store.QueueStatus;
import io.jobyard.view.JobJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Jobs of one queue, or of all: by state, kind and text, page by page. */
public final class JobList {
  private static final int MAX_DETAIL = 160;

  private final @Nullable String queue;
  private final Map<String, String> query;
  private final List<QueueStatus> counts;
  private final List<Row> rows;
  private final @Nullable String next;
  private final int lookedAt;

  /** A state's tab; the count is -1 where nobody counts it. */
  public record Tab(String key, String word, long count, String href) {}

  /** A job. */
  public record Row(
      String id,
      String kind,
      String queue,
      String state,
      String tone,
      int attempt,
      String detail,
      String when) {}

  /**
   * A page of jobs.
   *
   * @param queue null for all
   * @param query what was asked for: state, kind, text, queue, span, next
   * @param counts of the queues that are shown
   */
  JobList(
      @Nullable String queue,
      Map<String, String> query,
      List<QueueStatus> counts,
      List<JobView> jobs,
      @Nullable String next,
      int lookedAt) {
    this.queue = queue;
    this.query = Map.copyOf(query);
    this.counts = counts;
    this.rows = jobs.stream().map(JobList::row).toList();
    this.next = next;
    this.lookedAt = lookedAt;
  }

  private static Row row(JobView job) {
    return new Row(
        job.id().toString(),
        job.kind(),
        job.queue(),
        job.state().name(),
        tone(job.state()),
        JobJson.attempt(job),
        detail(job),
        when(job).toString());
  }

  static String tone(JobState state) {
    return switch (state) {
      case READY -> "info";
      case SCHEDULED -> "warn";
      case RUNNING -> "run";
      case SUCCEEDED -> "ok";
      case FAILED -> "bad";
      case CANCELLED -> "";
    };
  }

  private static String detail(JobView job) {
    if (job.state() == JobState.RUNNING && job.node() != null) {
      return job.node();
    }
    if (job.errors().isEmpty()) {
      return "";
    }
    Failure last = job.errors().getLast();
    String line = last.message().lines().findFirst().orElse(last.className());
    return line.length() <= MAX_DETAIL ? line : line.substring(0, MAX_DETAIL - 1) + "…";
  }

  private static Instant when(JobView job) {
    Instant ended = job.finishedAt();
    Instant started = job.startedAt();
    return switch (job.state()) {
      case READY, SCHEDULED -> job.runAt();
      case RUNNING -> started == null ? job.runAt() : started;
      case SUCCEEDED, FAILED, CANCELLED -> ended == null ? job.runAt() : ended;
    };
  }

  public String title(Frame f) {
    return queue == null ? f.say("jobs") : queue;
  }

  public @Nullable String queue() {
    return queue;
  }

  public boolean paused() {
    return queue != null && counts.stream().anyMatch(QueueStatus::paused);
  }

  public long consumers() {
    return counts.stream().mapToLong(QueueStatus::consumers).sum();
  }

  public long succeeded() {
    return counts.stream().mapToLong(QueueStatus::succeeded).sum();
  }

  public String span() {
    return query.getOrDefault("span", "hour");
  }

  public @Nullable String state() {
    return query.get("state");
  }

  public String stateKey() {
    return query.getOrDefault("state", "all");
  }

  public String kind() {
    return query.getOrDefault("kind", "");
  }

  public String text() {
    return query.getOrDefault("text", "");
  }

  public String filterQueue() {
    return query.getOrDefault("queue", "");
  }

  public boolean filtered() {
    return !kind().isEmpty() || !text().isEmpty() || !filterQueue().isEmpty();
  }

  public List<Row> rows() {
    return rows;
  }

  public @Nullable String next() {
    return next;
  }

  public boolean older() {
    return query.containsKey("next");
  }

  public int lookedAt() {
    return lookedAt;
  }

  public List<Tab> tabs() {
    List<Tab> tabs = new ArrayList<>();
    tabs.add(new Tab("all", "all", -1, with("state", "")));
    add(tabs, JobState.READY, sum(QueueStatus::ready));
    add(tabs, JobState.SCHEDULED, sum(QueueStatus::scheduled));
    add(tabs, JobState.RUNNING, sum(QueueStatus::running));
    add(tabs, JobState.FAILED, sum(QueueStatus::failed));
    add(tabs, JobState.CANCELLED, sum(QueueStatus::cancelled));
    // Most of those are counted only, not kept.
    add(tabs, JobState.SUCCEEDED, -1);
    return tabs;
  }

  private void add(List<Tab> tabs, JobState state, long count) {
    tabs.add(new Tab(state.name(), "state." + state.name(), count, with("state", state.name())));
  }

  private long sum(java.util.function.ToLongFunction<QueueStatus> count) {
    return counts.stream().mapToLong(count).sum();
  }

  /** What can be done with the jobs of this list. */
  public List<String> actions() {
    List<String> actions = new ArrayList<>();
    for (Sweep.Deed deed : Sweep.Deed.values()) {
      if (state() == null || deed.states().contains(JobState.valueOf(stateKey()))) {
        actions.add(Frame.lower(deed));
      }
    }
    return actions;
  }

  public String path() {
    return queue == null ? "/jobs" : "/queues/" + Frame.encoded(queue);
  }

  /** This page with something else; empty takes it away, and both begin at the newest. */
  public String with(String name, String value) {
    Map<String, String> other = new LinkedHashMap<>(query);
    other.remove("next");
    other.put(name, value);
    return path() + asked(other);
  }

  public String part(String what) {
    Map<String, String> other = new LinkedHashMap<>(query);
    other.put("part", what);
    return path() + asked(other);
  }

  public String bulk(String action) {
    Map<String, String> other = new LinkedHashMap<>(query);
    other.remove("next");
    other.remove("span");
    other.put("deed", action);
    if (queue != null) {
      other.put("queue", queue);
    }
    return "/bulk" + asked(other);
  }

  private static String asked(Map<String, String> query) {
    String text =
        query.entrySet().stream()
            .filter(entry -> !entry.getValue().isEmpty())
            .sorted(Map.Entry.comparingByKey())
            .map(entry -> entry.getKey() + "=" + Frame.encoded(entry.getValue()))
            .collect(Collectors.joining("&"));
    return text.isEmpty() ? "" : "?" + text;
  }
}
