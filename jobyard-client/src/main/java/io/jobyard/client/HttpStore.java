package io.jobyard.client;

import io.jobyard.JobState;
import io.jobyard.JobyardException;
import io.jobyard.store.CancelAnswer;
import io.jobyard.store.Environment;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobPage;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.LeaseKey;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.Leased;
import io.jobyard.store.Limits;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.NodeStatus;
import io.jobyard.store.QueueStatus;
import io.jobyard.store.Sample;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.store.Signal;
import io.jobyard.store.Standing;
import io.jobyard.store.Step;
import io.jobyard.store.StoreListener;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.StoreReport;
import io.jobyard.view.JobParse;
import io.jobyard.view.Json;
import io.jobyard.view.NodeJson;
import io.jobyard.view.QueueJson;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A store behind a node's HTTP API: for programs that push, watch and operate. It runs no jobs, and
 * shows masked what that node masks.
 */
final class HttpStore implements JobStore {
  private static final String API = "/api/v1";
  private static final int FOUND_AT_ONCE = 500;
  private static final int LISTED_AT_ONCE = 1_000;

  private final Address address;
  private final Wire wire;
  private final @Nullable String env;
  private volatile boolean belongs;

  HttpStore(Address address, StoreOptions options) {
    this.address = address;
    this.wire = new Wire(address, options.pushTimeout());
    this.env = options.env();
    this.belongs = env == null;
  }

  /**
   * What asks the node, once it is known to be of this process's environment. That is asked with
   * the first thing wanted of it, not at opening: the node may be away then. A node whose store has
   * no environment is anybody's.
   */
  private Wire wire() {
    if (!belongs) {
      requireEnv(env(about()));
    }
    return wire;
  }

  private JsonNode about() {
    return wire.get(API).path("store");
  }

  private static @Nullable String env(JsonNode about) {
    JsonNode env = about.path("env");
    return env.isString() ? env.asString() : null;
  }

  private void requireEnv(@Nullable String theirs) {
    String own = env;
    if (own != null && theirs != null) {
      Environment.require(own, theirs, address.toString());
    }
    belongs = true;
  }

  // ---- producers ----

  @Override
  public List<UUID> push(List<NewJob> jobs) {
    if (jobs.isEmpty()) {
      return List.of();
    }
    Limits.check(jobs);
    List<UUID> ids = new ArrayList<>(jobs.size());
    for (JsonNode id : wire().post(API + "/jobs/batch", PushBody.of(jobs)).path("ids")) {
      ids.add(UUID.fromString(id.asString()));
    }
    return ids;
  }

  @Override
  public List<JobView> find(Collection<UUID> ids) {
    List<JobView> found = new ArrayList<>();
    List<UUID> all = List.copyOf(Set.copyOf(ids));
    for (int from = 0; from < all.size(); from += FOUND_AT_ONCE) {
      ObjectNode asked = Json.object();
      ArrayNode some = asked.putArray("ids");
      all.subList(from, Math.min(from + FOUND_AT_ONCE, all.size()))
          .forEach(id -> some.add(id.toString()));
      wire()
          .post(API + "/jobs/find", Json.bytes(asked))
          .path("jobs")
          .forEach(job -> found.add(JobParse.job(job)));
    }
    return found;
  }

  @Override
  public Map<UUID, CancelAnswer> cancel(Collection<UUID> ids) {
    Map<UUID, CancelAnswer> answers = new HashMap<>();
    for (UUID id : ids) {
      Wire.Answer answer = wire().exchange(API + "/jobs/" + id + "/cancel", null);
      answers.put(
          id,
          answer.status() == 404
              ? CancelAnswer.UNKNOWN
              : CancelAnswer.valueOf(wire.done(answer).json().path("answer").asString()));
    }
    return answers;
  }

  /** Nothing is told: whoever waits asks now and then, as with a notice that was lost. */
  @Override
  public Subscription listen(StoreListener listener) {
    return () -> {};
  }

  // ---- operators ----

  @Override
  public List<QueueStatus> queues() {
    return wire().get(API + "/queues").path("queues").valueStream().map(QueueJson::read).toList();
  }

  @Override
  public List<NodeStatus> nodes() {
    return wire().get(API + "/nodes").path("nodes").valueStream().map(NodeJson::read).toList();
  }

  @Override
  public JobPage list(JobFilter filter, @Nullable String cursor, int limit) {
    if (!filter.ids().isEmpty()) {
      return listOf(filter, limit);
    }
    StringBuilder query = new StringBuilder("?full=true&limit=");
    query.append(Math.min(limit, LISTED_AT_ONCE));
    add(query, "queue", filter.queue());
    add(query, "kind", filter.kind());
    add(query, "next", cursor);
    if (!filter.states().isEmpty()) {
      add(
          query,
          "state",
          filter.states().stream().map(JobState::name).collect(Collectors.joining(",")));
    }
    JsonNode page = wire().get(API + "/jobs" + query);
    List<JobView> jobs = page.path("jobs").valueStream().map(JobParse::job).toList();
    JsonNode next = page.path("next");
    return new JobPage(jobs, next.isString() ? next.asString() : null);
  }

  /** A page of jobs that are named one by one. */
  private JobPage listOf(JobFilter filter, int limit) {
    List<JobView> jobs =
        find(filter.ids()).stream()
            .filter(job -> filter.queue() == null || job.queue().equals(filter.queue()))
            .filter(job -> filter.states().isEmpty() || filter.states().contains(job.state()))
            .filter(job -> filter.kind() == null || job.kind().equals(filter.kind()))
            .sorted((a, b) -> Long.compare(b.seq(), a.seq()))
            .limit(limit)
            .toList();
    return new JobPage(jobs, null);
  }

  private static void add(StringBuilder query, String name, @Nullable String value) {
    if (value != null) {
      query.append('&').append(name).append('=');
      query.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }

  @Override
  public int retry(JobFilter filter, int limit) {
    return bulk("retry", filter, limit);
  }

  @Override
  public int forget(JobFilter filter, int limit) {
    return bulk("forget", filter, limit);
  }

  private int bulk(String action, JobFilter filter, int limit) {
    ObjectNode asked = Json.object().put("limit", Math.clamp(limit, 1, 100_000));
    ObjectNode node = asked.putObject("filter");
    if (!filter.ids().isEmpty()) {
      ArrayNode ids = node.putArray("ids");
      filter.ids().forEach(id -> ids.add(id.toString()));
    }
    if (!filter.states().isEmpty()) {
      ArrayNode states = node.putArray("state");
      filter.states().forEach(state -> states.add(state.name()));
    }
    if (filter.queue() != null) {
      node.put("queue", filter.queue());
    }
    if (filter.kind() != null) {
      node.put("kind", filter.kind());
    }
    if (node.isEmpty()) {
      node.put("all", true);
    }
    return wire().post(API + "/jobs/" + action, Json.bytes(asked)).path("jobs").asInt();
  }

  @Override
  public void pause(String queue, boolean paused) {
    String name = URLEncoder.encode(queue, StandardCharsets.UTF_8).replace("+", "%20");
    wire().post(API + "/queues/" + name + (paused ? "/pause" : "/resume"), null);
  }

  @Override
  public StoreReport report() {
    JsonNode about = about();
    String theirs = env(about);
    requireEnv(theirs);
    return new StoreReport(
        address.base().toString(),
        about.path("product").asString() + " at " + about.path("url").asString(),
        0,
        theirs,
        about.path("durability").asString(),
        List.of());
  }

  @Override
  public void close() {
    wire.close();
  }

  // ---- what needs the store itself ----

  private JobyardException notHere(String what) {
    return new JobyardException(
        what + " over HTTP (" + address + "); give this process the store itself");
  }

  @Override
  public void requireRuns() {
    throw noRuns();
  }

  private JobyardException noRuns() {
    return notHere("jobs cannot be run");
  }

  @Override
  public List<UUID> push(List<NewJob> jobs, LeaseKey parent) {
    throw noRuns();
  }

  @Override
  public int adopt(List<JobView> jobs) {
    throw notHere("jobs cannot be taken over");
  }

  @Override
  public Session join(NodeInfo node) {
    throw noRuns();
  }

  @Override
  public Leased lease(LeaseRequest request) {
    throw noRuns();
  }

  @Override
  public int backlog(String queue, int atMost) {
    throw noRuns();
  }

  @Override
  public Set<LeaseKey> settle(List<Settlement> settlements) {
    throw noRuns();
  }

  @Override
  public boolean beat(Session session) {
    throw noRuns();
  }

  @Override
  public Set<LeaseKey> cancelRequested(Session session) {
    throw noRuns();
  }

  @Override
  public List<Standing> held(Session session) {
    throw noRuns();
  }

  @Override
  public void leave(Session session) {
    throw noRuns();
  }

  @Override
  public List<Standing> orphans(Duration lease, int limit) {
    throw noRuns();
  }

  @Override
  public int purge(int limit) {
    throw noRuns();
  }

  @Override
  public void put(List<Sample> samples, Duration keep) {
    throw noRuns();
  }

  @Override
  public List<Sample> samples(
      String family, @Nullable String series, Step step, Instant from, Instant until) {
    throw notHere("figures of the past cannot be read");
  }

  @Override
  public int purgeSamples(int limit) {
    throw noRuns();
  }

  @Override
  public void signal(List<Signal> signals) {
    throw notHere("live messages cannot be sent");
  }

  @Override
  public Subscription hear(String topic, Consumer<Signal> ear) {
    throw notHere("live messages cannot be heard");
  }
}
