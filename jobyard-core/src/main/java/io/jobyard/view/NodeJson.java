package io.jobyard.view;

import io.jobyard.store.NodeStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Nodes as JSON. Fields may be added, never changed. */
public final class NodeJson {
  private NodeJson() {}

  /** What {@code worker status --all} prints. */
  public static ObjectNode document(Collection<NodeStatus> nodes) {
    ObjectNode document = Json.object();
    ArrayNode array = document.putArray("nodes");
    nodes.forEach(node -> array.add(of(node)));
    return document;
  }

  /** One that takes jobs from the store. */
  public static ObjectNode of(NodeStatus node) {
    ObjectNode one = Json.object().put("node", node.node()).put("pid", node.pid());
    ArrayNode queues = one.putArray("queues");
    new TreeSet<>(node.queues()).forEach(queues::add);
    return one.put("since", node.joinedAt().toString()).put("last_beat", node.beatAt().toString());
  }

  /** Reads what {@link #of} wrote; the number of its session is not among it. */
  public static NodeStatus read(JsonNode node) {
    return new NodeStatus(
        0,
        node.path("node").asString(),
        node.path("pid").asLong(),
        node.path("queues").valueStream().map(JsonNode::asString).collect(Collectors.toSet()),
        Instant.parse(node.path("since").asString()),
        Instant.parse(node.path("last_beat").asString()));
  }
}
