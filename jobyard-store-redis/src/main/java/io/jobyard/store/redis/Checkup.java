package io.jobyard.store.redis;

import io.jobyard.store.StoreReport.Finding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one server that takes writes tells of itself, and what is wrong with it. One thread. */
final class Checkup {
  private static final long CLOCK_MS = 2_000;

  private final Link link;
  private final Connections.Server server;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, String> info;

  /** What a crash or a power cut leaves of what was acknowledged: the least first. */
  enum Keeps {
    SNAPSHOTS,
    WHAT_THE_SYSTEM_WROTE,
    ALL_BUT_A_SECOND,
    ALL
  }

  Checkup(Link link, Connections.Server server) {
    this.link = link;
    this.server = server;
    long before = System.currentTimeMillis();
    List<byte[]> time = link.plain(server, redis -> redis.time());
    info = info(link.plain(server, redis -> redis.info()));
    checkVersion();
    checkPersistence();
    checkMemory();
    checkReplicas();
    checkReturn();
    checkClock(before, time);
  }

  static Map<String, String> info(String text) {
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

  List<Finding> findings() {
    return findings;
  }

  /** A replica has what its master writes; nothing but its master's settings counts. */
  boolean isReplica() {
    return "slave".equals(info.get("role"));
  }

  String product() {
    return info.containsKey("valkey_version")
        ? "Valkey " + info.get("valkey_version")
        : "Redis " + info.getOrDefault("redis_version", "of unknown version");
  }

  Keeps keeps() {
    if (!"1".equals(info.get("aof_enabled"))) {
      return Keeps.SNAPSHOTS;
    }
    return switch (config("appendfsync").getOrDefault("appendfsync", "everysec")) {
      case "always" -> Keeps.ALL;
      case "no" -> Keeps.WHAT_THE_SYSTEM_WROTE;
      default -> Keeps.ALL_BUT_A_SECOND;
    };
  }

  /** Empty where this user may not ask. */
  private Map<String, String> config(String parameter) {
    try {
      return link.plain(server, redis -> redis.configGet(parameter));
    } catch (RuntimeException notAllowed) {
      return Map.of();
    }
  }

  private void checkVersion() {
    String version = info.getOrDefault("redis_version", "0.0");
    String[] parts = version.split("\\.", -1);
    int major = Integer.parseInt(parts[0]);
    if (major < 6 || (major == 6 && Integer.parseInt(parts[1]) < 2)) {
      problem("it is version " + version + ", and 6.2 is the oldest that fits; update");
    }
  }

  private void checkPersistence() {
    if (!"1".equals(info.get("aof_enabled"))) {
      problem(
          "appendonly is off: a restart loses every job since the last snapshot; set 'appendonly yes'"
              + " (CONFIG SET appendonly yes, and in redis.conf)");
    } else if (!"ok".equals(info.getOrDefault("aof_last_write_status", "ok"))) {
      problem("the last write of the append-only file failed; look at disk and log");
    }
  }

  private void checkMemory() {
    String policy =
        info.getOrDefault(
            "maxmemory_policy", config("maxmemory-policy").getOrDefault("maxmemory-policy", ""));
    if (!policy.isEmpty() && !policy.equals("noeviction")) {
      problem(
          "maxmemory-policy is "
              + policy
              + ": a full server throws jobs away; set it to noeviction, so that it refuses pushes instead");
    }
    long max = Long.parseLong(info.getOrDefault("maxmemory", "0"));
    long used = Long.parseLong(info.getOrDefault("used_memory", "0"));
    if (max > 0 && used > max * 0.9) {
      problem("%d %% of maxmemory is used; give it more".formatted(100 * used / max));
    }
  }

  private void checkReplicas() {
    if (isReplica()) {
      return;
    }
    long replicas = Long.parseLong(info.getOrDefault("connected_slaves", "0"));
    if (replicas < link.url().replicas()) {
      problem(
          "%d replicas are connected and wait=%d asks for more: pushes fail until they are"
              .formatted(replicas, link.url().replicas()));
    } else if (replicas == 0) {
      advice("it has no replica: its jobs wait while it is away");
    } else if (link.url().replicas() == 0) {
      advice(
          "a failover may lose acknowledged pushes; wait=1 in the address waits for a replica with each push");
    }
  }

  /** A Cluster's masters find out for themselves; Sentinel's take writes until they are told. */
  private void checkReturn() {
    if (link.url().form() == RedisUrl.Form.SENTINEL
        && "0".equals(config("min-replicas-to-write").get("min-replicas-to-write"))) {
      advice(
          "a master that comes back after a failover takes writes until Sentinel finds it, and then forgets"
              + " them; set 'min-replicas-to-write 1' in every server's redis.conf");
    }
  }

  private void checkClock(long before, List<byte[]> time) {
    long clock =
        Long.parseLong(Replies.text(time.getFirst())) * 1_000
            + Long.parseLong(Replies.text(time.getLast())) / 1_000;
    long apart = Math.abs(clock - before);
    if (apart > CLOCK_MS) {
      advice(
          "its clock and this machine's are %,d ms apart; delays go by the server's, so let both keep time"
              .formatted(apart));
    }
  }

  private void problem(String text) {
    findings.add(new Finding(true, text));
  }

  private void advice(String text) {
    findings.add(new Finding(false, text));
  }
}
