package io.jobyard.http;

import io.jobyard.view.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/** A node with one worker, pid 7. */
final class FakeNode implements NodeLink {
  static final String NAME = "node-1";

  /** What jobs say. */
  final Map<UUID, Said> said = new ConcurrentHashMap<>();

  @Override
  public Optional<String> name() {
    return Optional.of(NAME);
  }

  @Override
  public Optional<ObjectNode> status() {
    ObjectNode status =
        Json.object().put("node", NAME).put("pid", 1).put("uptime_s", 1).put("store", "memory:");
    status
        .putArray("workers")
        .addObject()
        .put("pid", 7)
        .put("queue", "q")
        .put("generation", 1)
        .put("state", "idle")
        .put("done", 0)
        .put("heap_mb", 1)
        .put("rss_mb", 1)
        .put("uptime_s", 1)
        .putArray("jobs");
    return Optional.of(status);
  }

  @Override
  public ObjectNode reload() {
    return Json.object()
        .put("generation", 2)
        .putNull("last")
        .put("result", "reloaded")
        .putNull("reason");
  }

  @Override
  public boolean drain(long pid) {
    return pid == 7;
  }

  @Override
  public boolean kill(long pid) {
    return pid == 7;
  }

  @Override
  public Optional<ObjectNode> sight(UUID job) {
    return said.containsKey(job)
        ? Optional.of(
            Json.object()
                .put("worker_pid", 7)
                .put("generation", 1)
                .put("running_ms", 5)
                .put("waiting", false)
                .putNull("process_cpu_ms")
                .putNull("process_cpu_over_ms")
                .put("stack", "at app.Mail.send(Mail.java:7)")
                .putNull("threads")
                .putNull("silence"))
        : Optional.empty();
  }

  @Override
  public Optional<Said> said(UUID job, long from) {
    return Optional.ofNullable(said.get(job))
        .map(all ->
            new Said(
                all.progress(),
                List.copyOf(
                    all.lines()
                        .subList(Math.min((int) from, all.lines().size()), all.lines().size())),
                all.next()));
  }
}
