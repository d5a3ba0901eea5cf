package io.jobyard.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A Redis Cluster on this machine: masters that share the slots, and their replicas. */
public final class RedisCluster implements AutoCloseable {
  private static final int SLOTS = 16_384;

  private final List<RedisProcess> masters = new ArrayList<>();
  private final List<RedisProcess> replicas = new ArrayList<>();

  /**
   * Starts it and waits until it is whole.
   *
   * @param count of masters
   * @param withReplicas whether each has one
   * @param settings more of them, for each server's command line
   */
  RedisCluster(int count, boolean withReplicas, String... settings) {
    for (int i = 0; i < count; i++) {
      masters.add(node(settings));
    }
    for (int i = 0; i < count && withReplicas; i++) {
      replicas.add(node(settings));
    }
    all().forEach(RedisProcess::start);
    RedisProcess first = masters.getFirst();
    int from = 0;
    for (int i = 0; i < count; i++) {
      int to = SLOTS * (i + 1) / count;
      List<String> words = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
      for (int slot = from; slot < to; slot++) {
        words.add(Integer.toString(slot));
      }
      masters.get(i).command(words.toArray(String[]::new));
      from = to;
    }
    all()
        .forEach(node ->
            node.command("CLUSTER", "MEET", RedisProcess.HOST, Integer.toString(first.port())));
    all()
        .forEach(node -> node.awaitReply("cluster_known_nodes:" + all().size(), "CLUSTER", "INFO"));
    for (int i = 0; i < replicas.size(); i++) {
      String master = masters.get(i).command("CLUSTER", "MYID");
      replicas.get(i).awaitReply(master, "CLUSTER", "NODES");
      replicas.get(i).awaitReply("OK", "CLUSTER", "REPLICATE", master);
    }
    awaitWhole();
    replicas.forEach(node -> node.awaitReply("master_link_status:up", "INFO", "replication"));
  }

  private static RedisProcess node(String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "--cluster-enabled",
                "yes",
                "--cluster-node-timeout",
                "1500",
                "--cluster-require-full-coverage",
                "no",
                "--appendonly",
                "yes",
                "--save",
                ""));
    settings.addAll(List.of(more));
    return new RedisProcess(RedisProcess.freePort(), settings.toArray(String[]::new));
  }

  /** Waits until every server, all of which must run, takes part in it. */
  public void awaitWhole() {
    all().forEach(node -> node.awaitReply("cluster_state:ok", "CLUSTER", "INFO"));
  }

  private List<RedisProcess> all() {
    List<RedisProcess> all = new ArrayList<>(masters);
    all.addAll(replicas);
    return all;
  }

  public List<RedisProcess> masters() {
    return List.copyOf(masters);
  }

  /** The replica of the first master first, and so on; empty without replicas. */
  public List<RedisProcess> replicas() {
    return List.copyOf(replicas);
  }

  /**
   * Moves the slot of a key, with all that is in it, from the master that has it to the next one.
   *
   * @param key without spaces
   */
  public void moveSlotOf(String key) {
    String slot = masters.getFirst().command("CLUSTER", "KEYSLOT", key);
    RedisProcess from =
        masters.stream()
            .filter(node -> !node.command("CLUSTER", "COUNTKEYSINSLOT", slot).equals("0"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("nothing is in the slot of " + key));
    RedisProcess to = masters.get((masters.indexOf(from) + 1) % masters.size());
    String target = to.command("CLUSTER", "MYID");
    to.command("CLUSTER", "SETSLOT", slot, "IMPORTING", from.command("CLUSTER", "MYID"));
    from.command("CLUSTER", "SETSLOT", slot, "MIGRATING", target);
    String keys = from.command("CLUSTER", "GETKEYSINSLOT", slot, "100");
    while (!keys.isEmpty()) {
      for (String one : keys.split("\n", -1)) {
        from.command("MIGRATE", RedisProcess.HOST, Integer.toString(to.port()), one, "0", "5000");
      }
      keys = from.command("CLUSTER", "GETKEYSINSLOT", slot, "100");
    }
    to.command("CLUSTER", "SETSLOT", slot, "NODE", target);
    masters.forEach(node -> node.command("CLUSTER", "SETSLOT", slot, "NODE", target));
  }

  /** Names every master. */
  public String url() {
    return "redis-cluster://"
        + masters.stream()
            .map(node -> RedisProcess.HOST + ":" + node.port())
            .collect(Collectors.joining(","));
  }

  @Override
  public void close() {
    all().forEach(RedisProcess::close);
  }
}
