package io.jobyard.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A master, its replica and three Sentinels that watch them. */
public final class RedisSentinel implements AutoCloseable {
  private static final String NAME = "jobyard";

  private final RedisProcess first = server();
  private final RedisProcess second;
  private final List<RedisProcess> sentinels = new ArrayList<>();

  RedisSentinel() {
    first.start();
    second = server("--replicaof", RedisProcess.HOST, Integer.toString(first.port()));
    second.start();
    second.awaitReply("master_link_status:up", "INFO", "replication");
    for (int i = 0; i < 3; i++) {
      RedisProcess sentinel = sentinel();
      sentinel.start();
      sentinels.add(sentinel);
    }
    for (RedisProcess sentinel : sentinels) {
      sentinel.awaitReply("slaves=1,sentinels=3", "INFO", "sentinel");
    }
  }

  private static RedisProcess server(String... more) {
    List<String> settings = new ArrayList<>(List.of(more));
    settings.addAll(
        List.of("--appendonly", "yes", "--save", "", "--repl-diskless-sync-delay", "0"));
    return new RedisProcess(RedisProcess.freePort(), settings.toArray(String[]::new));
  }

  private RedisProcess sentinel() {
    try {
      Path file = Files.createTempFile("jobyard-sentinel-", ".conf");
      file.toFile().deleteOnExit();
      Files.writeString(
          file,
          """
          sentinel monitor %1$s %2$s %3$d 2
          sentinel down-after-milliseconds %1$s 1000
          sentinel failover-timeout %1$s 5000
          """
              .formatted(NAME, RedisProcess.HOST, first.port()));
      return new RedisProcess(RedisProcess.freePort(), file.toString(), "--sentinel");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whoever is the master now, by its own word. */
  public RedisProcess master() {
    return isMaster(second) && !isMaster(first) ? second : first;
  }

  /** The other one. */
  public RedisProcess replica() {
    return master() == first ? second : first;
  }

  private static boolean isMaster(RedisProcess server) {
    try {
      return server.command("INFO", "replication").contains("role:master");
    } catch (UncheckedIOException away) {
      return false;
    }
  }

  /**
   * Has the Sentinels, not the servers, ask for a password from now on: as {@code requirepass} does
   * for the user {@code default}, and as an ACL does for another.
   */
  public void requireLogin(String user, String password) {
    for (RedisProcess sentinel : sentinels) {
      sentinel.command("SENTINEL", "CONFIG", "SET", "sentinel-user", user);
      sentinel.command("SENTINEL", "CONFIG", "SET", "sentinel-pass", password);
      sentinel.command("ACL", "SETUSER", user, "reset", "on", ">" + password, "~*", "&*", "+@all");
      if (!user.equals("default")) {
        sentinel.command("ACL", "SETUSER", "default", "off");
      }
      sentinel.awaitReply("NOAUTH", "PING");
    }
  }

  /** Names the Sentinels and the master's name. */
  public String url() {
    return sentinels.stream()
        .map(sentinel -> RedisProcess.HOST + ":" + sentinel.port())
        .collect(Collectors.joining(",", "redis-sentinel://", "/" + NAME));
  }

  @Override
  public void close() {
    sentinels.forEach(RedisProcess::close);
    first.close();
    second.close();
  }
}
