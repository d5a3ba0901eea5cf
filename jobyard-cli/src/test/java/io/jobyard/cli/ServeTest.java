package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.view.Json;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A process that answers HTTP and Faktory clients where no node runs. */
class ServeTest {
  @TempDir Path folder;

  @Test
  void takesJobsForNodesElsewhereAndStopsInOrder() throws Exception {
    Files.writeString(folder.resolve("jobyard.yaml"), "store: 'sqlite:jobs.db'\n");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "--enable-native-access=ALL-UNNAMED",
            Main.class.getName(),
            "serve",
            "--http",
            "0",
            "--faktory",
            "0",
            "--json");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    try (HttpClient client = HttpClient.newHttpClient();
        BufferedReader out = read(process.getInputStream())) {
      JsonNode told = Json.read(out.readLine().getBytes(StandardCharsets.UTF_8));
      URI jobs = URI.create(told.get("address").asString() + "/api/v1/jobs");
      assertThat(greeting(told.get("faktory_port").asInt())).startsWith("+HI ");
      HttpResponse<String> pushed =
          client.send(
              HttpRequest.newBuilder(jobs)
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString("{\"kind\":\"mail\",\"queue\":\"mail\"}"))
                  .build(),
              BodyHandlers.ofString());
      assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(201);
      HttpResponse<String> page =
          client.send(
              HttpRequest.newBuilder(jobs.resolve("/queues/mail")).build(),
              BodyHandlers.ofString());
      assertThat(page.body()).contains("mail");
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly().waitFor();
    }
    Ran queues = Ran.in(folder, "queue", "status", "--json");
    assertThat(queues.json().at("/queues/1/ready").asInt()).as(queues.out()).isEqualTo(1);
  }

  private static String greeting(int port) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        BufferedReader in = read(socket.getInputStream())) {
      return in.readLine();
    }
  }

  private static BufferedReader read(InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }
}
