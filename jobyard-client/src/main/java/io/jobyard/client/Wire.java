package io.jobyard.client;

import io.jobyard.JobyardException;
import io.jobyard.PushRefused;
import io.jobyard.StoreUnavailable;
import io.jobyard.view.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Asks a node's HTTP API. Safe for use by many threads; closing twice is harmless. */
final class Wire implements AutoCloseable {
  private final Address address;
  private final Duration patience;
  private final HttpClient client;

  Wire(Address address, Duration patience) {
    this.address = address;
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience)
            .build();
  }

  /** What came back. */
  record Answer(int status, JsonNode json) {}

  JsonNode get(String path) {
    return done(send("GET", path, BodyPublishers.noBody())).json();
  }

  JsonNode post(String path, byte @Nullable [] json) {
    return done(exchange(path, json)).json();
  }

  /** As it came, errors included. */
  Answer exchange(String path, byte @Nullable [] json) {
    return send(
        "POST", path, json == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(json));
  }

  private Answer send(String method, String path, BodyPublisher body) {
    var request =
        HttpRequest.newBuilder(address.base().resolve(path))
            .timeout(patience)
            .method(method, body)
            .header("Accept", "application/json");
    if (address.authorization() != null) {
      request.header("Authorization", address.authorization());
    }
    if (body.contentLength() > 0) {
      request.header("Content-Type", "application/json");
    }
    try {
      HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
      return new Answer(response.statusCode(), tree(response.body()));
    } catch (IOException e) {
      throw new StoreUnavailable(
          address + " did not answer: " + (e.getMessage() == null ? e : e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailable("interrupted while " + address + " was asked", e);
    }
  }

  private JsonNode tree(byte[] body) {
    if (body.length == 0) {
      return MissingNode.getInstance();
    }
    try {
      return Json.read(body);
    } catch (JacksonException e) {
      throw new JobyardException(
          address + " answers, but not as a Jobyard does; is it the right address?", e);
    }
  }

  /** The answer, if it is none of an error. */
  Answer done(Answer answer) {
    int status = answer.status();
    if (status < 300) {
      return answer;
    }
    String detail = answer.json().path("detail").asString("");
    String what = address + ": " + (detail.isEmpty() ? "it answers " + status : detail);
    throw switch (status) {
      case 400, 413, 415, 422 -> new PushRefused(what);
      case 401, 403 ->
          new JobyardException(
              what + " (put TOKEN@ before the host of the store's URL, of a role that may)");
      case 408, 429, 502, 503, 504 -> new StoreUnavailable(what);
      default -> new JobyardException(what);
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
