package io.jobyard.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A master, its replica and three Sentinels that watch them. */
public final class RedisSentinel implements AutoCloseable {
  private static final String NAME = "jobyard";

  private final @Nullable TestCertificate certificate;
  private final Map<RedisProcess, Integer> ports = new HashMap<>();
  private final RedisProcess first;
  private final RedisProcess second;
  private final List<RedisProcess> sentinels = new ArrayList<>();

  /**
   * Starts them and waits until they know each other.
   *
   * @param certificate by which all of them speak TLS, with clients and with each other; null for
   *     none of them
   */
  RedisSentinel(@Nullable TestCertificate certificate) {
    this.certificate = certificate;
    first = server();
    first.start();
    second = server("--replicaof", RedisProcess.HOST, Integer.toString(port(first)));
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

  private RedisProcess server(String... more) {
    List<String> settings = new ArrayList<>(List.of(more));
    settings.addAll(
        List.of("--appendonly", "yes", "--save", "", "--repl-diskless-sync-delay", "0"));
    return process(settings);
  }

  /** With a port of its own for TLS: the other one is for the commands of tests alone. */
  private RedisProcess process(List<String> settings) {
    List<String> all = new ArrayList<>(settings);
    int port = RedisProcess.freePort();
    int reached = port;
    if (certificate != null) {
      reached = RedisProcess.freePort();
      all.addAll(RedisServers.tls(certificate, reached));
    }
    RedisProcess process = new RedisProcess(port, all.toArray(String[]::new));
    ports.put(process, reached);
    return process;
  }

  /** Where clients, and the others, reach it. */
  private int port(RedisProcess process) {
    return Objects.requireNonNull(ports.get(process));
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
              .formatted(NAME, RedisProcess.HOST, port(first)));
      return process(List.of(file.toString(), "--sentinel"));
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
        .map(sentinel -> RedisProcess.HOST + ":" + port(sentinel))
        .collect(
            Collectors.joining(
                ",", certificate == null ? "redis-sentinel://" : "rediss-sentinel://", "/" + NAME));
  }

  @Override
  public void close() {
    sentinels.forEach(RedisProcess::close);
    first.close();
    second.close();
  }
}
