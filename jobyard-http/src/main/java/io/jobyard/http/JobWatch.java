package io.jobyard.http;

import io.jobyard.JobState;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.view.JobJson;
import io.jobyard.view.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sees what becomes of jobs: of those that somebody follows, and of the newest, as a sample of what
 * goes on. For one thread.
 */
final class JobWatch {
  static final int MOST_FOLLOWED = 500;
  private static final int NEWEST = 20;
  private static final int MOST_SAMPLED = 100;

  /** Looking at the newest again and again must not move megabytes. */
  private static final long SAMPLE_BYTES = 1L << 20;

  private static final int ROUNDS_WITHOUT = 20;

  private final JobStore store;
  private final NodeLink node;
  private final Map<UUID, Seen> seen = new LinkedHashMap<>();
  private int skip;

  /** What was last told of a job. */
  private static final class Seen {
    private @Nullable String told;
    private @Nullable String queue;
    private @Nullable ObjectNode progress;
    private long nextLine;
    private boolean over;
  }

  /** Takes what happened. */
  interface Teller {
    void tell(String name, @Nullable String queue, UUID job, ObjectNode data);
  }

  JobWatch(JobStore store, NodeLink node) {
    this.store = store;
    this.node = node;
  }

  /**
   * Looks once.
   *
   * @param followed by somebody
   * @param sampled whether somebody wants to see the newest
   */
  void look(Set<UUID> followed, boolean sampled, Teller teller) {
    Map<UUID, JobView> found = new HashMap<>();
    if (sampled) {
      sample(found);
    }
    seen.entrySet().removeIf(entry -> entry.getValue().over && !followed.contains(entry.getKey()));
    trim(followed);
    Set<UUID> asked = new HashSet<>(followed);
    asked.addAll(seen.keySet());
    asked.removeAll(found.keySet());
    asked.removeIf(id -> seen.containsKey(id) && seen.get(id).over);
    if (!asked.isEmpty()) {
      store.find(asked).forEach(job -> found.put(job.id(), job));
    }
    found.values().forEach(job -> tell(job, teller));
    for (UUID id : asked) {
      if (!found.containsKey(id)) {
        gone(id, teller);
      }
    }
  }

  private void sample(Map<UUID, JobView> found) {
    if (skip > 0) {
      skip--;
      return;
    }
    long bytes = 0;
    for (JobView job : store.list(JobFilter.of(null), null, NEWEST).jobs()) {
      found.put(job.id(), job);
      bytes += job.payload().bytes().length;
    }
    skip = bytes > SAMPLE_BYTES ? ROUNDS_WITHOUT : 0;
  }

  private void trim(Set<UUID> followed) {
    var oldest = seen.keySet().iterator();
    for (int more = seen.size() - MOST_SAMPLED - followed.size(); more > 0 && oldest.hasNext(); ) {
      if (!followed.contains(oldest.next())) {
        oldest.remove();
        more--;
      }
    }
  }

  private void tell(JobView job, Teller teller) {
    Seen known = seen.computeIfAbsent(job.id(), id -> new Seen());
    known.queue = job.queue();
    String now =
        job.state()
            + " "
            + job.fence()
            + " "
            + job.errors().size()
            + job.phase()
            + job.cancelRequested();
    if (!now.equals(known.told)) {
      known.told = now;
      known.over = job.state().finished();
      teller.tell("job", job.queue(), job.id(), told(job));
    }
    if (job.state() == JobState.RUNNING) {
      node.said(job.id(), known.nextLine).ifPresent(said -> tell(job, known, said, teller));
    }
  }

  /** What is told of a job: nothing that is secret or long. */
  static ObjectNode told(JobView job) {
    ObjectNode data = JobJson.listed(job);
    data.remove(List.of("payload", "counts", "backoff", "timeout", "retries", "retry_timeouts"));
    return data;
  }

  private static void tell(JobView job, Seen known, NodeLink.Said said, Teller teller) {
    ObjectNode progress = said.progress();
    if (progress != null && !progress.equals(known.progress)) {
      known.progress = progress;
      ObjectNode data = Json.object().put("id", job.id().toString());
      data.set("progress", progress);
      teller.tell("progress", job.queue(), job.id(), data);
    }
    if (!said.lines().isEmpty()) {
      known.nextLine = said.next();
      ObjectNode data = Json.object().put("id", job.id().toString()).put("next", said.next());
      ArrayNode lines = data.putArray("lines");
      new ArrayList<>(said.lines()).forEach(lines::add);
      teller.tell("log", job.queue(), job.id(), data);
    }
  }

  /** It succeeded and was removed, was forgotten, or never was. */
  private void gone(UUID id, Teller teller) {
    Seen known = seen.computeIfAbsent(id, unknown -> new Seen());
    known.over = true;
    if (!"GONE".equals(known.told)) {
      known.told = "GONE";
      ObjectNode data = Json.object().put("id", id.toString()).put("queue", known.queue);
      teller.tell("job", known.queue, id, data.put("state", "SUCCEEDED").put("gone", true));
    }
  }
}
