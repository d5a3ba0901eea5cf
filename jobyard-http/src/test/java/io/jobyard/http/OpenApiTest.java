package io.jobyard.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.jobyard.http.Running.Answer;
import io.jobyard.view.Json;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The served description and what is really served, held against each other. */
class OpenApiTest {
  private static Running running;
  private static ObjectNode document;
  private static String job;

  @BeforeAll
  static void open() {
    running = Running.open(c -> c, new FakeNode(), InstantSource.system());
    document = (ObjectNode) running.get("/api/v1/openapi.json").json();
    job =
        running
            .post("/api/v1/jobs", "{\"kind\": \"k\", \"queue\": \"q\", \"external_id\": \"e\"}")
            .json()
            .get("id")
            .asString();
  }

  @AfterAll
  static void close() {
    running.close();
  }

  @Test
  void everyRouteIsDescribedAndEveryDescriptionHasItsRoute() {
    Set<String> described = new TreeSet<>();
    document
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method ->
                    described.add(
                        method.getKey().toUpperCase(Locale.ROOT)
                            + " "
                            + path.getKey()
                            + " "
                            + method.getValue().get("x-role").asString())));
    Set<String> served = new TreeSet<>();
    running
        .server
        .routes()
        .forEach(route -> {
          if (route.path().startsWith("/api/")) {
            served.add(
                route.method()
                    + " "
                    + route.path()
                    + " "
                    + route.need().name().toLowerCase(Locale.ROOT));
          }
        });
    assertThat(served).isEqualTo(described).hasSizeGreaterThan(25);
  }

  @Test
  void answersAreAsDescribed() {
    String missing = UUID.randomUUID().toString();
    check("get", "/api/v1", "", 200);
    check("get", "/api/v1/health", "", 200);
    check("get", "/api/v1/jobs", "", 200);
    check("get", "/api/v1/jobs", "?full=true&limit=5", 200);
    check("get", "/api/v1/jobs", "?limit=0", 400);
    check("get", "/api/v1/jobs/{id}", "", 200);
    check("get", "/api/v1/jobs/{id}/wait", "?timeout=1ms", 202);
    check("get", "/api/v1/jobs/{id}/log", "", 200);
    check("get", "/api/v1/jobs/{id}/running", "", 200);
    checkPost("/api/v1/jobs/find", "{\"ids\": [\"" + job + "\"]}", 200);
    checkPost("/api/v1/jobs", "{\"kind\": \"k\"}", 201);
    checkPost("/api/v1/jobs", "{\"kind\": \"\"}", 400);
    checkPost("/api/v1/jobs/batch", "{\"jobs\": [{\"kind\": \"k\"}, {\"kind\": \"k\"}]}", 201);
    checkPost("/api/v1/jobs/{id}/cancel", "", 200);
    check("get", "/api/v1/jobs/{id}/wait", "", 200);
    checkPost("/api/v1/jobs/{id}/retry", "", 200);
    checkPost("/api/v1/jobs/{id}/retry", "", 409);
    for (String action : List.of("retry", "cancel", "forget")) {
      checkPost(
          "/api/v1/jobs/" + action, "{\"filter\": {\"queue\": \"q\"}, \"dry_run\": true}", 200);
    }
    check("get", "/api/v1/queues", "", 200);
    check("get", "/api/v1/queues/{queue}", "", 200);
    checkPost("/api/v1/queues/{queue}/pause", "", 200);
    checkPost("/api/v1/queues/{queue}/resume", "", 200);
    checkPost("/api/v1/queues/{queue}/clean", "{\"dry_run\": true}", 200);
    check("get", "/api/v1/nodes", "", 200);
    check("get", "/api/v1/nodes/{node}", "", 200);
    checkPost("/api/v1/nodes/{node}/reload", "", 200);
    checkPost("/api/v1/nodes/{node}/workers/{pid}/drain", "", 202);
    checkPost("/api/v1/nodes/{node}/workers/{pid}/kill", "", 202);
    check("get", "/api/v1/session", "", 200);
    checkPost("/api/v1/session", "{\"token\": \"x\"}", 409);
    assertThat(running.get("/api/v1/jobs/" + missing).status()).isEqualTo(404);
    assertThat(running.delete("/api/v1/jobs/" + job).status()).isEqualTo(204);
  }

  @Test
  void whatMayBePushedIsWhatTheReaderKnows() {
    List<String> fields = new ArrayList<>();
    document.at("/components/schemas/NewJob/properties").propertyNames().forEach(fields::add);
    Answer wrong = running.post("/api/v1/jobs", "{\"kind\": \"k\", \"quue\": 1}");
    fields.sort(null);
    assertThat(wrong.detail()).endsWith("known are " + fields);
  }

  private static void check(String method, String path, String query, int status) {
    check(method, path, status, running.get(filled(path) + query));
  }

  private static void checkPost(String path, String body, int status) {
    Answer answer = body.isEmpty() ? running.post(filled(path)) : running.post(filled(path), body);
    check("post", path, status, answer);
  }

  private static String filled(String path) {
    return path.replace("{id}", job)
        .replace("{queue}", "q")
        .replace("{node}", FakeNode.NAME)
        .replace("{pid}", "7");
  }

  private static void check(String method, String path, int status, Answer answer) {
    assertThat(answer.status()).as("%s %s: %s", method, path, answer.body()).isEqualTo(status);
    JsonNode responses = document.get("paths").get(path).get(method).get("responses");
    JsonNode response = responses.path(Integer.toString(status));
    if (response.isMissingNode()) {
      assertThat(status).as("%s %s is described", method, path).isGreaterThanOrEqualTo(400);
      response = responses.get("default");
    }
    String type = answer.header("Content-Type").split(";", 2)[0];
    JsonNode content = response.path("content").path(type).path("schema");
    assertThat(content.isMissingNode()).as("%s %s gives %s", method, path, type).isFalse();
    assertThat(schema(content).validate(answer.body(), InputFormat.JSON))
        .as("%s %s", method, path)
        .isEmpty();
  }

  /** The schema, with those it refers to. */
  private static Schema schema(JsonNode schema) {
    ObjectNode whole = Json.object();
    whole.set("$defs", document.at("/components/schemas"));
    whole.setAll((ObjectNode) schema);
    String text = Json.write(whole).replace("#/components/schemas/", "#/$defs/");
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(text);
  }
}
