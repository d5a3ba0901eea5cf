package io.jobyard.store.jdbc;

import io.jobyard.Backoff;
import io.jobyard.Failure;
import io.jobyard.FailureType;
import io.jobyard.store.JobSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is stored of a job as JSON. Failures have the shape of {@code queue failed --json}; fields
 * may be added, and unknown ones are passed over. Nothing is null here where nothing is to be said:
 * an empty list and empty settings are stored as null.
 */
public final class StoredJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private StoredJson() {}

  /** The failures as JSON objects with commas between them, to be added to an array. */
  public static @Nullable String elements(List<Failure> failures) {
    if (failures.isEmpty()) {
      return null;
    }
    StringBuilder elements = new StringBuilder();
    for (Failure failure : failures) {
      elements.append(elements.isEmpty() ? "" : ",").append(node(failure));
    }
    return elements.toString();
  }

  /** The failures of a stored array. */
  public static List<Failure> failures(@Nullable String array) {
    if (array == null) {
      return List.of();
    }
    List<Failure> failures = new ArrayList<>();
    for (JsonNode node : JSON.readTree(array)) {
      failures.add(failure(node));
    }
    return List.copyOf(failures);
  }

  /** The texts as JSON strings with commas between them, to be added to an array. */
  public static @Nullable String textElements(Collection<String> texts) {
    if (texts.isEmpty()) {
      return null;
    }
    StringBuilder elements = new StringBuilder();
    for (String text : texts) {
      elements.append(elements.isEmpty() ? "" : ",").append(NODES.stringNode(text));
    }
    return elements.toString();
  }

  /** The texts as a JSON array. */
  public static String array(Collection<String> texts) {
    ArrayNode array = NODES.arrayNode();
    texts.forEach(array::add);
    return array.toString();
  }

  /** The texts of a stored array. */
  public static List<String> texts(@Nullable String array) {
    if (array == null) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode node : JSON.readTree(array)) {
      texts.add(node.asString());
    }
    return List.copyOf(texts);
  }

  /** Settings as a JSON object. */
  public static @Nullable String settings(JobSettings settings) {
    if (settings.isEmpty()) {
      return null;
    }
    ObjectNode node = NODES.objectNode();
    if (settings.retries() != null) {
      node.put("retries", settings.retries());
    }
    if (settings.backoff() != null) {
      node.set("backoff", node(settings.backoff()));
    }
    if (settings.timeout() != null) {
      node.put("timeout", settings.timeout().toString());
    }
    if (settings.retryTimeouts() != null) {
      node.put("retry_timeouts", settings.retryTimeouts());
    }
    return node.toString();
  }

  /** Stored settings. */
  public static JobSettings settings(@Nullable String object) {
    if (object == null) {
      return JobSettings.NONE;
    }
    JsonNode node = JSON.readTree(object);
    return new JobSettings(
        node.has("retries") ? node.get("retries").asInt() : null,
        node.has("backoff") ? backoff(node.get("backoff")) : null,
        node.has("timeout") ? Duration.parse(node.get("timeout").asString()) : null,
        node.has("retry_timeouts") ? node.get("retry_timeouts").asBoolean() : null);
  }

  private static ObjectNode node(Failure failure) {
    ObjectNode node =
        NODES
            .objectNode()
            .put("type", failure.type().word())
            .put("class", failure.className())
            .put("message", failure.message())
            .put("stack", failure.stack())
            .put("at", failure.at().toString())
            .put("node", failure.node())
            .put("worker_pid", failure.workerPid());
    return failure.threadDump() == null ? node : node.put("thread_dump", failure.threadDump());
  }

  private static Failure failure(JsonNode node) {
    return new Failure(
        FailureType.of(node.path("type").asString()),
        node.path("class").asString(""),
        node.path("message").asString(""),
        node.path("stack").asString(""),
        Instant.parse(node.path("at").asString()),
        node.path("node").asString(""),
        node.path("worker_pid").asLong(0),
        node.has("thread_dump") ? node.get("thread_dump").asString() : null);
  }

  private static JsonNode node(Backoff backoff) {
    return switch (backoff) {
      case Backoff.Steps(List<Duration> delays) -> {
        ArrayNode array = NODES.arrayNode();
        delays.forEach(delay -> array.add(delay.toString()));
        yield array;
      }
      case Backoff.Doubling(Duration from, Duration to) ->
          NODES.objectNode().put("from", from.toString()).put("to", to.toString());
    };
  }

  private static Backoff backoff(JsonNode node) {
    if (node.isArray()) {
      List<Duration> delays = new ArrayList<>();
      node.forEach(delay -> delays.add(Duration.parse(delay.asString())));
      return new Backoff.Steps(delays);
    }
    return new Backoff.Doubling(
        Duration.parse(node.path("from").asString()), Duration.parse(node.path("to").asString()));
  }
}
