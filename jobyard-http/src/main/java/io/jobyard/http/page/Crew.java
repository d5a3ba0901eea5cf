package io.jobyard.http.page;

import io.jobyard.store.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The nodes, and the processes of the one these pages are beside. */
public record Crew(List<Node> nodes) {
  /**
   * A node.
   *
   * @param here whether its processes are known here, and can be dealt with
   */
  public record Node(
      long session,
      String name,
      long pid,
      String since,
      List<String> queues,
      boolean here,
      List<Worker> workers) {}

  /** A process that runs jobs. */
  public record Worker(
      long pid,
      String queue,
      String state,
      List<String> jobs,
      long done,
      long heapMb,
      long rssMb,
      long generation,
      long uptimeMs) {
    public String tone() {
      return switch (state) {
        case "busy" -> "run";
        case "idle" -> "ok";
        default -> "warn";
      };
    }
  }

  static Crew of(Board.Seen seen, @Nullable String here) {
    List<Node> nodes = new ArrayList<>();
    JsonNode own = seen.node();
    for (NodeStatus node : seen.nodes()) {
      boolean ours = own != null && node.node().equals(here);
      nodes.add(
          new Node(
              node.session(),
              node.node(),
              node.pid(),
              node.joinedAt().toString(),
              List.copyOf(new TreeSet<>(node.queues())),
              ours,
              ours && own != null ? workers(own) : List.of()));
    }
    return new Crew(nodes);
  }

  private static List<Worker> workers(JsonNode status) {
    List<Worker> workers = new ArrayList<>();
    for (JsonNode one : status.path("workers")) {
      List<String> jobs = new ArrayList<>();
      one.path("jobs").forEach(id -> jobs.add(id.asString()));
      workers.add(
          new Worker(
              one.path("pid").asLong(0),
              one.path("queue").asString(""),
              known(one.path("state").asString("")),
              jobs,
              one.path("done").asLong(0),
              one.path("heap_mb").asLong(-1),
              one.path("rss_mb").asLong(-1),
              one.path("generation").asLong(0),
              one.path("uptime_s").asLong(0) * 1_000));
    }
    return workers;
  }

  /** A state a newer node may have is not one we have words for. */
  private static String known(String state) {
    return switch (state) {
      case "idle", "busy", "draining", "starting" -> state;
      default -> "starting";
    };
  }
}
