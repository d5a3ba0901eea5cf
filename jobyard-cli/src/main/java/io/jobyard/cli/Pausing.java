package io.jobyard.cli;

import io.jobyard.config.QueueConfig;
import io.jobyard.store.JobStore;
import io.jobyard.view.Json;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What pause and resume share. */
final class Pausing {
  private Pausing() {}

  static void set(Common common, Set<String> queues, boolean paused) {
    Set<String> names = new TreeSet<>(queues);
    names.forEach(QueueConfig::named); // refuses what cannot be a queue's name
    try (JobStore store = common.openStore()) {
      names.forEach(name -> store.pause(name, paused));
    }
    Output out = common.output();
    if (out.json()) {
      ObjectNode document = Json.object().put("paused", paused);
      ArrayNode array = document.putArray("queues");
      names.forEach(array::add);
      out.document(document);
    } else {
      out.line((paused ? "paused " : "resumed ") + String.join(", ", names));
    }
  }
}
