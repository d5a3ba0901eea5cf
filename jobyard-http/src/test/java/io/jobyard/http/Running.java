package io.jobyard.http;

import io.jobyard.Jobyard;
import io.jobyard.config.Config;
import io.jobyard.config.Configurer;
import io.jobyard.store.JobStore;
import io.jobyard.store.Stores;
import io.jobyard.view.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** A server on a store in memory, and a client of it. */
final class Running implements AutoCloseable {
  final JobStore store;
  final HttpServer server;
  final List<String> audit = new CopyOnWriteArrayList<>();
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Running(Config config, NodeLink node, InstantSource clock, Doors.Patience patience) {
    store = Stores.open("memory:", config.storeOptions());
    server = new HttpServer(config.http(), store, node, clock, audit::add, patience).start();
  }

  /** Where nobody is asked. */
  static Running open() {
    return open(c -> c);
  }

  static Running open(UnaryOperator<Configurer> change) {
    return open(change, NodeLink.none(), InstantSource.system());
  }

  static Running open(UnaryOperator<Configurer> change, Doors.Patience patience) {
    return new Running(config(change), NodeLink.none(), InstantSource.system(), patience);
  }

  static Running open(UnaryOperator<Configurer> change, NodeLink node, InstantSource clock) {
    return new Running(config(change), node, clock, Doors.Patience.USUAL);
  }

  private static Config config(UnaryOperator<Configurer> change) {
    return change.apply(Jobyard.configure().environment(Map.of()).httpPort(0)).build();
  }

  /** An answer. */
  record Answer(int status, String body, HttpResponse<String> response) {
    JsonNode json() {
      return Json.read(body.getBytes(StandardCharsets.UTF_8));
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    /** Of a problem. */
    String detail() {
      return json().path("detail").asString();
    }
  }

  Answer get(String path, String... headers) {
    return send(request(path, headers).GET());
  }

  Answer post(String path, String json, String... headers) {
    return send(
        request(path, headers)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  /** Without a body. */
  Answer post(String path) {
    return send(request(path).POST(BodyPublishers.noBody()));
  }

  Answer delete(String path, String... headers) {
    return send(request(path, headers).DELETE());
  }

  HttpRequest.Builder request(String path, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(server.address() + path)).timeout(Duration.ofSeconds(60));
    return headers.length == 0 ? request : request.headers(headers);
  }

  Answer send(HttpRequest.Builder request) {
    try {
      var response = client.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
    client.close();
    store.close();
  }
}
