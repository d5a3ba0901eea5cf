package io.jobyard.http.page;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.JobState;
import io.jobyard.config.HttpConfig;
import io.jobyard.config.Login;
import io.jobyard.http.HttpServer;
import io.jobyard.http.NodeLink;
import io.jobyard.memory.MemoryStore;
import io.jobyard.run.Ids;
import io.jobyard.stats.Bookkeeper;
import io.jobyard.stats.Load;
import io.jobyard.store.Counts;
import io.jobyard.store.JobFilter;
import io.jobyard.store.JobView;
import io.jobyard.store.Lease;
import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NewJob;
import io.jobyard.store.NodeInfo;
import io.jobyard.store.Phase;
import io.jobyard.store.Session;
import io.jobyard.store.Settlement;
import io.jobyard.view.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A store with jobs in every state, a node beside it that only pretends, and the server of both.
 */
final class Scene implements AutoCloseable {
  static final String STACK =
      """
      com.acme.SmtpException: 451 mailbox 'u1' is busy
      \tat com.acme.Smtp.send(Smtp.java:88)
      \tat com.acme.SendWelcome.run(SendWelcome.java:31)
      """;

  final MemoryStore store = new MemoryStore();
  final List<String> asked = new CopyOnWriteArrayList<>();
  final HttpServer server;
  private final Ids ids = new Ids();
  private @Nullable Session session;
  private final Bookkeeper books;
  private volatile List<UUID> running = List.of();

  Scene(List<Login> auth) {
    HttpConfig off = HttpConfig.OFF;
    server =
        new HttpServer(
                new HttpConfig(
                    0,
                    "127.0.0.1",
                    auth,
                    null,
                    List.of(),
                    off.mask(),
                    off.maxBody(),
                    off.maxConnections()),
                store,
                new Beside())
            .start();
    books = new Bookkeeper(store, InstantSource.system(), "app-1", Duration.ofDays(7));
  }

  String address() {
    return server.address().toString();
  }

  List<UUID> push(String queue, String kind, String payload, int count) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(NewJob.of(ids.next(), queue, kind, payload.getBytes(StandardCharsets.UTF_8)));
    }
    return store.push(jobs);
  }

  /** Leases a queue's next jobs and leaves them running. */
  List<UUID> run(String queue, int count) {
    running = lease(queue, count).stream().map(lease -> lease.key().id()).toList();
    return running;
  }

  /** Has a queue's next jobs fail, as a node would count it. */
  void fail(String queue, int count) {
    for (Lease lease : lease(queue, count)) {
      Failure failure =
          new Failure(
              FailureType.EXCEPTION,
              "com.acme.SmtpException",
              "451 mailbox 'u" + lease.key().seq() + "' is busy",
              STACK,
              Instant.now(),
              "app-1",
              4712,
              "\"job\" RUNNABLE\n    at com.acme.Smtp.send(Smtp.java:88)");
      Set<?> unused =
          store.settle(
              List.of(
                  new Settlement(
                      lease.key(),
                      queue,
                      new Settlement.End(JobState.FAILED),
                      new Counts(1, 0, 0, 0),
                      Phase.RUN,
                      List.of(failure),
                      List.of("EHLO app-1", "451 busy"),
                      List.of())));
      var desk = books.tally().desk(queue);
      desk.count(Load.Count.ERRORS);
      desk.count(Load.Count.FAILED);
      desk.ran(Duration.ofMillis(40), Duration.ofMillis(120));
      desk.failed(lease.key().id(), lease.kind(), failure, true);
    }
    books.closeAfter(Thread.ofPlatform().unstarted(() -> {}), Duration.ZERO);
    books.round();
  }

  private List<Lease> lease(String queue, int count) {
    Session joined = session;
    if (joined == null) {
      joined = store.join(new NodeInfo("app-1", 4711, Set.of("mail", "reports")));
      session = joined;
    }
    return store.lease(new LeaseRequest(joined, queue, count, 1 << 20, Set.of())).leases();
  }

  List<JobView> jobs(String queue, JobState state) {
    return store.list(JobFilter.of(queue, state), null, 1_000).jobs();
  }

  private final class Beside implements NodeLink {
    @Override
    public Optional<String> name() {
      return Optional.of("app-1");
    }

    @Override
    public Optional<ObjectNode> status() {
      ObjectNode status = Json.object().put("node", "app-1").put("pid", 4711);
      ArrayNode workers = status.putArray("workers");
      for (int i = 0; i < 3; i++) {
        ObjectNode worker = workers.addObject().put("pid", 5000 + i).put("queue", "mail");
        ArrayNode jobs = worker.put("generation", 2).putArray("jobs");
        if (i < running.size()) {
          jobs.add(running.get(i).toString());
        }
        worker.put("state", i < running.size() ? "busy" : "idle").put("done", 17 + i);
        worker.put("heap_mb", 40).put("rss_mb", 90).put("uptime_s", 100);
      }
      return Optional.of(status);
    }

    @Override
    public ObjectNode reload() {
      asked.add("reload");
      return Json.object().put("generation", 3);
    }

    @Override
    public boolean drain(long pid) {
      asked.add("drain " + pid);
      return pid >= 5000;
    }

    @Override
    public boolean kill(long pid) {
      asked.add("kill " + pid);
      return pid >= 5000;
    }

    @Override
    public Optional<ObjectNode> sight(UUID job) {
      return Optional.of(
          Json.object()
              .put("worker_pid", 5000)
              .put("running_ms", 61_000)
              .put("process_cpu_ms", 900)
              .put("process_cpu_over_ms", 1_000)
              .put("stack", "at app.Report.page(Report.java:42)\n<b>at app.Report.run</b>"));
    }

    @Override
    public Optional<Said> said(UUID job, long from) {
      ObjectNode progress = Json.object().put("done", 6).put("total", 10).put("note", "page 6");
      return Optional.of(new Said(progress, List.of("line one", "<b>line two</b>"), 2));
    }
  }

  @Override
  public void close() {
    server.close();
    store.close();
  }
}
