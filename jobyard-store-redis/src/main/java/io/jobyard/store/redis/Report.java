package io.jobyard.store.redis;

import io.jobyard.StoreUnavailable;
import io.jobyard.store.StoreReport;
import io.jobyard.store.StoreReport.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code doctor} says of a Redis: what it is, what an acknowledged push survives, what is
 * wrong. Each master of a Cluster is asked, as each has jobs of its own.
 */
final class Report {
  private final Link link;
  private final Schema schema;

  Report(Link link, Schema schema) {
    this.link = link;
    this.schema = schema;
  }

  StoreReport make() {
    List<Checkup> checkups = new ArrayList<>();
    Map<Finding, List<String>> found = new LinkedHashMap<>();
    for (Connections.Server server : link.connections().masters()) {
      for (Finding finding : check(server, checkups)) {
        found.computeIfAbsent(finding, any -> new ArrayList<>()).add(server.name());
      }
    }
    List<Finding> findings = new ArrayList<>();
    found.forEach((finding, names) -> findings.add(link.cluster() ? at(names, finding) : finding));
    if (link.cluster()) {
      checkCluster(findings);
    }
    String product = checkups.isEmpty() ? "Redis" : checkups.getFirst().product();
    return new StoreReport(
        link.url().toString(),
        product + (link.cluster() ? " Cluster" : ""),
        schema.version(),
        schema.env(),
        durability(checkups),
        findings);
  }

  /** One that does not answer is a finding where there are others. */
  private List<Finding> check(Connections.Server server, List<Checkup> checkups) {
    try {
      Checkup checkup = new Checkup(link, server);
      if (link.cluster() && checkup.isReplica()) {
        return List.of(); // It was a master a moment ago.
      }
      checkups.add(checkup);
      return checkup.findings();
    } catch (StoreUnavailable e) {
      if (!link.cluster()) {
        throw e;
      }
      return List.of(
          new Finding(true, "it does not answer; its queues wait until it or a replica does"));
    }
  }

  private static Finding at(List<String> names, Finding finding) {
    return new Finding(finding.problem(), String.join(", ", names) + ": " + finding.text());
  }

  /** That of the master that keeps least. */
  private String durability(List<Checkup> checkups) {
    String replicas =
        link.url().replicas() == 0
            ? "a failover may lose the pushes of its last moments, because replicas follow later"
            : "an acknowledged push is at %d replicas too".formatted(link.url().replicas());
    Checkup.Keeps least =
        checkups.stream()
            .map(Checkup::keeps)
            .min(Checkup.Keeps::compareTo)
            .orElse(Checkup.Keeps.SNAPSHOTS);
    return switch (least) {
      case SNAPSHOTS ->
          "an acknowledged push is lost if the server crashes or restarts after its last snapshot: appendonly is off; "
              + replicas;
      case WHAT_THE_SYSTEM_WROTE ->
          "an acknowledged push survives a crash of the server, and is lost in a power cut if the system had not"
              + " written it yet, which may be half a minute; "
              + replicas;
      case ALL_BUT_A_SECOND ->
          "an acknowledged push survives a crash of the server; one of the last second may be lost in a power cut; "
              + replicas;
      case ALL -> "an acknowledged push survives a crash and a power cut; " + replicas;
    };
  }

  private void checkCluster(List<Finding> findings) {
    Map<String, String> cluster = Checkup.info(link.plain(redis -> redis.clusterInfo()));
    if (!"ok".equals(cluster.get("cluster_state"))) {
      findings.add(
          new Finding(
              true,
              "the Cluster's state is "
                  + cluster.get("cluster_state")
                  + ": some slots have no master; bring it back, or reassign them"));
    }
  }
}
