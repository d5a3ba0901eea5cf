package io.jobyard.store.redis;

import io.jobyard.store.StoreReport;
import io.jobyard.store.StoreReport.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code doctor} says of a Redis: what it is, what an acknowledged push survives, what is
 * wrong.
 */
final class Report {
  private static final long CLOCK_MS = 2_000;

  private final Link link;
  private final Schema schema;

  Report(Link link, Schema schema) {
    this.link = link;
    this.schema = schema;
  }

  StoreReport make() {
    long before = System.currentTimeMillis();
    List<byte[]> time = link.plain(redis -> redis.time());
    Map<String, String> info = info(link.plain(redis -> redis.info()));
    List<Finding> findings = new ArrayList<>();
    checkVersion(info, findings);
    checkPersistence(info, findings);
    checkMemory(info, findings);
    checkReplicas(info, findings);
    checkReturn(findings);
    checkClock(before, time, findings);
    if (link.cluster()) {
      checkCluster(findings);
    }
    String product =
        info.containsKey("valkey_version")
            ? "Valkey " + info.get("valkey_version")
            : "Redis " + info.getOrDefault("redis_version", "of unknown version");
    return new StoreReport(
        link.url().toString(),
        product + (link.cluster() ? " Cluster" : ""),
        schema.version(),
        schema.env(),
        durability(info),
        findings);
  }

  private static Map<String, String> info(String text) {
    Map<String, String> info = new HashMap<>();
    text.lines()
        .forEach(line -> {
          int colon = line.indexOf(':');
          if (colon > 0) {
            info.put(line.substring(0, colon), line.substring(colon + 1).strip());
          }
        });
    return info;
  }

  /** Null where this user may not ask. */
  private Map<String, String> config(String parameter) {
    try {
      return link.plain(redis -> redis.configGet(parameter));
    } catch (RuntimeException notAllowed) {
      return Map.of();
    }
  }

  private String durability(Map<String, String> info) {
    String replicas =
        link.url().replicas() == 0
            ? "a failover may lose the pushes of its last moments, because replicas follow later"
            : "an acknowledged push is at %d replicas too".formatted(link.url().replicas());
    if (!"1".equals(info.get("aof_enabled"))) {
      return "an acknowledged push is lost if the server crashes or restarts after its last snapshot: appendonly is off; "
          + replicas;
    }
    String fsync = config("appendfsync").getOrDefault("appendfsync", "everysec");
    return switch (fsync) {
      case "always" -> "an acknowledged push survives a crash and a power cut; " + replicas;
      case "no" ->
          "an acknowledged push survives a crash of the server, and is lost in a power cut if the system had not"
              + " written it yet, which may be half a minute; "
              + replicas;
      default ->
          "an acknowledged push survives a crash of the server; one of the last second may be lost in a power cut; "
              + replicas;
    };
  }

  private static void checkVersion(Map<String, String> info, List<Finding> findings) {
    String version = info.getOrDefault("redis_version", "0.0");
    String[] parts = version.split("\\.", -1);
    int major = Integer.parseInt(parts[0]);
    if (major < 6 || (major == 6 && Integer.parseInt(parts[1]) < 2)) {
      findings.add(
          problem("it is version " + version + ", and 6.2 is the oldest that fits; update"));
    }
  }

  private static void checkPersistence(Map<String, String> info, List<Finding> findings) {
    if (!"1".equals(info.get("aof_enabled"))) {
      findings.add(
          problem(
              "appendonly is off: a restart loses every job since the last snapshot; set 'appendonly yes'"
                  + " (CONFIG SET appendonly yes, and in redis.conf)"));
    } else if (!"ok".equals(info.getOrDefault("aof_last_write_status", "ok"))) {
      findings.add(problem("the last write of the append-only file failed; look at disk and log"));
    }
  }

  private void checkMemory(Map<String, String> info, List<Finding> findings) {
    String policy =
        info.getOrDefault(
            "maxmemory_policy", config("maxmemory-policy").getOrDefault("maxmemory-policy", ""));
    if (!policy.isEmpty() && !policy.equals("noeviction")) {
      findings.add(
          problem(
              "maxmemory-policy is "
                  + policy
                  + ": a full server throws jobs away; set it to noeviction, so that it refuses pushes instead"));
    }
    long max = Long.parseLong(info.getOrDefault("maxmemory", "0"));
    long used = Long.parseLong(info.getOrDefault("used_memory", "0"));
    if (max > 0 && used > max * 0.9) {
      findings.add(problem("%d %% of maxmemory is used; give it more".formatted(100 * used / max)));
    }
  }

  private void checkReplicas(Map<String, String> info, List<Finding> findings) {
    long replicas = Long.parseLong(info.getOrDefault("connected_slaves", "0"));
    if (replicas < link.url().replicas()) {
      findings.add(
          problem(
              "%d replicas are connected and wait=%d asks for more: pushes fail until they are"
                  .formatted(replicas, link.url().replicas())));
    } else if (replicas == 0) {
      findings.add(advice("it has no replica: its jobs wait while it is away"));
    } else if (link.url().replicas() == 0) {
      findings.add(
          advice(
              "a failover may lose acknowledged pushes; wait=1 in the address waits for a replica with each push"));
    }
  }

  /** A Cluster's masters find out for themselves; Sentinel's take writes until they are told. */
  private void checkReturn(List<Finding> findings) {
    if (link.url().form() == RedisUrl.Form.SENTINEL
        && "0".equals(config("min-replicas-to-write").get("min-replicas-to-write"))) {
      findings.add(
          advice(
              "a master that comes back after a failover takes writes until Sentinel finds it, and then forgets"
                  + " them; set 'min-replicas-to-write 1' in every server's redis.conf"));
    }
  }

  private static void checkClock(long before, List<byte[]> time, List<Finding> findings) {
    long server =
        Long.parseLong(Replies.text(time.getFirst())) * 1_000
            + Long.parseLong(Replies.text(time.getLast())) / 1_000;
    long apart = Math.abs(server - before);
    if (apart > CLOCK_MS) {
      findings.add(
          advice(
              "its clock and this machine's are %,d ms apart; delays go by the server's, so let both keep time"
                  .formatted(apart)));
    }
  }

  private void checkCluster(List<Finding> findings) {
    Map<String, String> cluster = info(link.plain(redis -> redis.clusterInfo()));
    if (!"ok".equals(cluster.get("cluster_state"))) {
      findings.add(
          problem(
              "the Cluster's state is "
                  + cluster.get("cluster_state")
                  + ": some slots have no master; bring it back, or reassign them"));
    }
  }

  private static Finding problem(String text) {
    return new Finding(true, text);
  }

  private static Finding advice(String text) {
    return new Finding(false, text);
  }
}
