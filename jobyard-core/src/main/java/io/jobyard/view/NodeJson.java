package io.jobyard.view;

import io.jobyard.store.NodeStatus;
import java.util.Collection;
import java.util.TreeSet;
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
}
