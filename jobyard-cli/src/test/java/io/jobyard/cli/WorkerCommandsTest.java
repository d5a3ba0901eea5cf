package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobyard.view.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class WorkerCommandsTest {
  @TempDir Path folder;

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(
        folder.resolve("jobyard.yaml"),
        "node: n1\nstore: 'memory:'\nqueues: {default: {processes: 1, memory: 32m}}\n");
  }

  @Test
  void saysThatNoNodeRuns() {
    for (String command : Set.of("status", "stop")) {
      Ran ran = Ran.in(folder, "worker", command, "--json");
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).startsWith("jobyard: no node runs here").hasLineCount(1);
    }
  }

  @Test
  void refusesAQueueThatCannotBe() {
    assertThat(Ran.in(folder, "worker", "start", "--queue", "a b").code()).isEqualTo(1);
  }

  @Test
  void startsInTheBackgroundAndStops() throws IOException {
    int port = freePort();
    Ran started =
        Ran.in(folder, "worker", "start", "-d", "--json", "--faktory", Integer.toString(port));
    assertThat(started.err()).isEmpty();
    long pid = started.json().get("pid").asLong();
    try {
      JsonNode status = Ran.in(folder, "worker", "status", "--json").json();
      assertThat(status.propertyNames()).startsWith("node", "pid", "uptime_s", "store", "workers");
      assertThat(status.get("pid").asLong()).isEqualTo(pid);
      assertThat(Ran.in(folder, "worker:status").out()).startsWith("node n1, pid " + pid);

      await("the greeting of the Faktory protocol")
          .ignoreExceptions()
          .until(() -> greeting(port).equals("+HI {\"v\":2}"));

      Ran second = Ran.in(folder, "worker", "start", "-d");
      assertThat(second.code()).isEqualTo(1);
      assertThat(second.err()).contains("already runs as pid " + pid).hasLineCount(1);
    } finally {
      Ran stopped = Ran.in(folder, "worker", "stop", "--json");
      assertThat(stopped.err()).isEmpty();
      assertThat(stopped.json().get("pid").asLong()).isEqualTo(pid);
    }
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void aJobPushedOverHttpRunsInAWorkerProcess() throws Exception {
    Path words = Files.writeString(folder.resolve("words.txt"), "to be or not to be");
    int port = freePort();
    Ran started =
        Ran.in(folder, "worker", "start", "-d", "--json", "--http", Integer.toString(port));
    assertThat(started.err()).isEmpty();
    try (HttpClient client = HttpClient.newHttpClient()) {
      String jobs = "http://127.0.0.1:" + port + "/api/v1/jobs";
      await("the page").ignoreExceptions().until(() -> get(client, jobs).has("jobs"));
      String id =
          ask(
                  client,
                  HttpRequest.newBuilder(URI.create(jobs))
                      .header("Content-Type", "application/json")
                      .POST(
                          BodyPublishers.ofString(
                              "{\"kind\":\"count-words\",\"queue\":\"default\",\"payload\":"
                                  + "{\"file\":\"%s\",\"from\":0,\"length\":18}}"
                                      .formatted(words))))
              .get("id")
              .asString();
      JsonNode job = get(client, jobs + "/" + id + "/wait?timeout=30s");
      assertThat(job.path("state").asString()).isEqualTo("SUCCEEDED");
      assertThat(job.path("result").path("to").asInt()).isEqualTo(2);
    } finally {
      assertThat(Ran.in(folder, "worker", "stop").code()).isZero();
    }
  }

  private static JsonNode get(HttpClient client, String uri) throws Exception {
    return ask(client, HttpRequest.newBuilder(URI.create(uri)));
  }

  private static JsonNode ask(HttpClient client, HttpRequest.Builder request) throws Exception {
    return Json.read(client.send(request.build(), BodyHandlers.ofByteArray()).body());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String greeting(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      byte[] bytes = socket.getInputStream().readNBytes("+HI {\"v\":2}".length());
      return new String(bytes, StandardCharsets.US_ASCII);
    }
  }
}
