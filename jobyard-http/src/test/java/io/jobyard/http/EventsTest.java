package io.jobyard.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.store.LeaseRequest;
import io.jobyard.store.NodeInfo;
import io.jobyard.view.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class EventsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final FakeNode node = new FakeNode();
  private Running running;

  @BeforeEach
  void open() {
    running = Running.open(c -> c, node, InstantSource.system());
  }

  @AfterEach
  void close() {
    running.close();
  }

  private record Heard(String id, String name, JsonNode data) {}

  /** A client that reads on until it is closed. */
  private final class Listener implements AutoCloseable {
    private final List<Heard> heard = new CopyOnWriteArrayList<>();
    private final InputStream in;
    private volatile boolean over;

    Listener(String query, String... headers) throws IOException, InterruptedException {
      var request = running.request("/api/v1/events" + query, headers).GET().build();
      in = running.client.send(request, BodyHandlers.ofInputStream()).body();
      Thread.ofVirtual().start(this::read);
    }

    private void read() {
      try (var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
        String id = "";
        String name = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("id: ")) {
            id = line.substring(4);
          } else if (line.startsWith("event: ")) {
            name = line.substring(7);
          } else if (line.startsWith("data: ")) {
            byte[] data = line.substring(6).getBytes(StandardCharsets.UTF_8);
            heard.add(new Heard(id, name, Json.read(data)));
          }
        }
      } catch (IOException e) {
        // closed
      }
      over = true;
    }

    void hears(String name, String pointer, String value) {
      await()
          .atMost(SOON)
          .untilAsserted(() ->
              assertThat(heard)
                  .anyMatch(event ->
                      event.name.equals(name)
                          && event.data.at(pointer).asString("").equals(value)));
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  private String push(String queue) {
    return running
        .post("/api/v1/jobs", "{\"kind\": \"k\", \"queue\": \"" + queue + "\"}")
        .json()
        .get("id")
        .asString();
  }

  @Test
  void countsAndStatesAreTold() throws Exception {
    push("a");
    try (Listener listener = new Listener("")) {
      listener.hears("queue", "/ready", "1");
      String id = push("a");
      listener.hears("queue", "/ready", "2");
      listener.hears("job", "/id", id);
      running.post("/api/v1/jobs/" + id + "/cancel");
      listener.hears("job", "/state", "CANCELLED");
      listener.hears("node", "/node", FakeNode.NAME);
    }
  }

  @Test
  void aJobIsFollowedToItsEnd() throws Exception {
    String id = push("b");
    String other = push("b");
    try (Listener listener = new Listener("?job=" + id)) {
      listener.hears("job", "/state", "READY");
      var session = running.store.join(new NodeInfo("n", 1, Set.of("b")));
      running.store.lease(new LeaseRequest(session, "b", 1, 1 << 20, Set.of()));
      node.said.put(
          UUID.fromString(id),
          new NodeLink.Said(
              Json.object().put("done", 1).put("total", 2).put("note", "half"),
              List.of("one", "two"),
              2));
      listener.hears("job", "/state", "RUNNING");
      listener.hears("progress", "/progress/note", "half");
      listener.hears("log", "/lines/1", "two");
      assertThat(running.get("/api/v1/jobs/" + id + "/running").json().at("/running/stack"))
          .hasToString("\"at app.Mail.send(Mail.java:7)\"");
      assertThat(listener.heard)
          .noneMatch(event -> event.data.path("id").asString("").equals(other));
      assertThat(listener.heard.stream().filter(event -> event.name.equals("log"))).hasSize(1);
    }
  }

  @Test
  void whoComesBackMissesNothing() throws Exception {
    String last;
    try (Listener listener = new Listener("?queue=c")) {
      push("c");
      listener.hears("queue", "/ready", "1");
      last = listener.heard.getLast().id;
    }
    List<String> ids = new ArrayList<>();
    try (Listener keepsLooking = new Listener("")) {
      for (int i = 0; i < 3; i++) {
        ids.add(push("c"));
      }
      keepsLooking.hears("job", "/id", ids.getLast());
      try (Listener back = new Listener("?queue=c", "Last-Event-ID", last)) {
        for (String id : ids) {
          back.hears("job", "/id", id);
        }
        assertThat(back.heard).noneMatch(event -> event.name.equals("reset"));
      }
      try (Listener stranger = new Listener("?queue=c", "Last-Event-ID", "elsewhere-5")) {
        await().atMost(SOON).until(() -> !stranger.heard.isEmpty());
        assertThat(stranger.heard.getFirst().name).isEqualTo("reset");
      }
    }
  }

  @Test
  void aClosedServerEndsTheStreams() throws Exception {
    try (Listener listener = new Listener("")) {
      push("d");
      listener.hears("queue", "/ready", "1");
      running.server.close();
      await().atMost(SOON).until(() -> listener.over);
    }
  }
}
