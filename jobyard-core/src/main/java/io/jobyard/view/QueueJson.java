package io.jobyard.view;

import io.jobyard.store.QueueStatus;
import java.util.Collection;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Queues as JSON. Fields may be added, never changed. */
public final class QueueJson {
  private QueueJson() {}

  /** What {@code queue status} prints. */
  public static ObjectNode document(Collection<QueueStatus> queues) {
    ObjectNode document = Json.object();
    ArrayNode array = document.putArray("queues");
    queues.forEach(status -> array.add(of(status)));
    return document;
  }

  /** One queue and where its jobs are. */
  public static ObjectNode of(QueueStatus status) {
    ObjectNode node = Json.object();
    node.put("queue", status.queue());
    node.put("paused", status.paused());
    node.put("consumers", status.consumers());
    node.put("ready", status.ready());
    node.put("scheduled", status.scheduled());
    node.put("running", status.running());
    node.put("succeeded", status.succeeded());
    node.put("failed", status.failed());
    node.put("cancelled", status.cancelled());
    node.put("forgotten", status.forgotten());
    node.put("oldest_ready_ms", status.oldestReadyMs());
    return node;
  }

  /** Reads what {@link #of} wrote. */
  public static QueueStatus read(JsonNode node) {
    JsonNode oldest = node.path("oldest_ready_ms");
    return new QueueStatus(
        node.path("queue").asString(),
        node.path("paused").asBoolean(),
        node.path("consumers").asInt(),
        node.path("ready").asLong(),
        node.path("scheduled").asLong(),
        node.path("running").asLong(),
        node.path("succeeded").asLong(),
        node.path("failed").asLong(),
        node.path("cancelled").asLong(),
        node.path("forgotten").asLong(),
        oldest.isNumber() ? oldest.asLong() : null);
  }
}
