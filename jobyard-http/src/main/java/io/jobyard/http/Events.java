package io.jobyard.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.view.Json;
import io.jobyard.view.QueueJson;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Live events by SSE. Each who follows has a virtual thread that waits for the shared ring; one who
 * reads more slowly than the ring turns is hung up on and comes back by itself.
 */
final class Events {
  private static final byte[] ALIVE = ": alive\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final int MOST_JOBS = 50;
  private static final int ALIVE_SECONDS = 10;

  private final JobStore store;
  private final EventHub hub;

  Events(JobStore store, EventHub hub) {
    this.store = store;
    this.hub = hub;
  }

  void addTo(RoutesConfig routes) {
    routes.get("/api/v1/events", this::follow, Need.READ);
  }

  private void follow(Context request) {
    Params.allow(request, "job", "queue");
    Set<UUID> jobs = new HashSet<>();
    for (String id : list(request, "job")) {
      jobs.add(Params.id("job", id));
    }
    if (jobs.size() > MOST_JOBS) {
      throw Problem.field("job", "must name at most " + MOST_JOBS + " jobs, got " + jobs.size());
    }
    var follower = new EventHub.Follower(jobs, new HashSet<>(list(request, "queue")));
    long from = from(request.header("Last-Event-ID"));
    hub.follow(follower);
    request.contentType("text/event-stream; charset=utf-8");
    request.header("X-Accel-Buffering", "no");
    Later.of(request).stream(response -> stream(response, follower, from));
  }

  private static List<String> list(Context request, String name) {
    String text = Params.text(request, name);
    return text == null ? List.of() : List.of(text.split(",", -1));
  }

  /** The number to go on from; -1 where there is none. */
  private long from(@Nullable String lastId) {
    String prefix = hub.boot() + "-";
    if (lastId == null || !lastId.startsWith(prefix)) {
      return lastId == null || lastId.isEmpty() ? NEW : LOST;
    }
    try {
      long number = Long.parseLong(lastId.substring(prefix.length()));
      return number >= 0 && hub.ring().holds(number) ? number : LOST;
    } catch (NumberFormatException e) {
      return LOST;
    }
  }

  private static final long NEW = -1;
  private static final long LOST = -2;

  private void stream(HttpServletResponse response, EventHub.Follower follower, long from)
      throws IOException, InterruptedException {
    try {
      ServletOutputStream out = response.getOutputStream();
      long at = from >= 0 ? from : begin(out, follower, from);
      response.flushBuffer();
      for (List<Event> fresh = next(at); fresh != null; fresh = next(at)) {
        if (fresh.isEmpty()) {
          out.write(ALIVE);
        }
        for (Event event : fresh) {
          at = event.number();
          if (follower.wants(event)) {
            out.write(event.frame());
          }
        }
        out.flush();
      }
    } finally {
      hub.leave(follower);
    }
  }

  private @Nullable List<Event> next(long at) throws InterruptedException {
    return hub.ring().after(at, EventRing.seconds(ALIVE_SECONDS));
  }

  /** How things stand, for who has seen nothing yet or has been away too long. */
  private long begin(ServletOutputStream out, EventHub.Follower follower, long from)
      throws IOException {
    long at = hub.ring().last();
    if (from == LOST) {
      out.write(Event.frame(hub.boot(), at, "reset", Json.object()));
    }
    for (JobView job : store.find(follower.jobs())) {
      out.write(Event.frame(hub.boot(), at, "job", JobWatch.told(job)));
    }
    if (follower.jobs().isEmpty()) {
      var node = hub.node();
      if (node.isPresent()) {
        out.write(Event.frame(hub.boot(), at, "node", node.get()));
      }
      for (var status : hub.queues()) {
        if (follower.queues().isEmpty() || follower.queues().contains(status.queue())) {
          out.write(Event.frame(hub.boot(), at, "queue", QueueJson.of(status)));
        }
      }
    }
    return at;
  }
}
