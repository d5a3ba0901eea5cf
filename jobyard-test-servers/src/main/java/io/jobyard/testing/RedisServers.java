package io.jobyard.testing;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Redis for tests and benchmarks: one shared server and one shared Cluster for each JVM, started
 * when first asked for, and others of one's own to break.
 *
 * <p>{@code JOBYARD_TEST_REDIS_URL} and {@code JOBYARD_TEST_REDIS_CLUSTER_URL} replace the shared
 * ones, for testing against another version or Valkey.
 */
public final class RedisServers {
  private RedisServers() {}

  /** A place of its own on the shared server: its URL with a fresh key prefix. */
  public static String single() {
    String given = System.getenv("JOBYARD_TEST_REDIS_URL");
    return fresh(given != null ? given : url(Single.SERVER));
  }

  /** A place of its own on the shared Cluster of three masters. */
  public static String cluster() {
    String given = System.getenv("JOBYARD_TEST_REDIS_CLUSTER_URL");
    return fresh(given != null ? given : Cluster.CLUSTER.url());
  }

  /** The shared Cluster itself; null where an address in the environment replaces it. */
  public static @Nullable RedisCluster sharedCluster() {
    return System.getenv("JOBYARD_TEST_REDIS_CLUSTER_URL") != null ? null : Cluster.CLUSTER;
  }

  /** A server of one's own; the settings are those of its command line. */
  public static RedisProcess startSingle(String... settings) {
    String[] all = new String[settings.length + 4];
    System.arraycopy(new String[] {"--appendonly", "yes", "--save", ""}, 0, all, 0, 4);
    System.arraycopy(settings, 0, all, 4, settings.length);
    RedisProcess server = new RedisProcess(RedisProcess.freePort(), all);
    server.start();
    return server;
  }

  /** A Cluster of one's own, each of its three masters with a replica. */
  public static RedisCluster startCluster() {
    return new RedisCluster(3, true);
  }

  /** The same of three masters alone: nobody takes over from one that is away. */
  public static RedisCluster startMasters(String... settings) {
    return new RedisCluster(3, false, settings);
  }

  /** A master with a replica under Sentinels of one's own. */
  public static RedisSentinel startSentinel() {
    return new RedisSentinel(null);
  }

  /** The same, where the address leads to servers and Sentinels by TLS. */
  public static RedisSentinel startSentinel(TestCertificate certificate) {
    return new RedisSentinel(certificate);
  }

  /** The settings of a server that also speaks TLS, at this port, with clients and its like. */
  public static List<String> tls(TestCertificate certificate, int port) {
    return List.of(
        "--tls-port",
        Integer.toString(port),
        "--tls-cert-file",
        certificate.file().toString(),
        "--tls-key-file",
        certificate.key().toString(),
        "--tls-ca-cert-file",
        certificate.file().toString(),
        "--tls-auth-clients",
        "no",
        "--tls-replication",
        "yes");
  }

  /** The address of a server of one's own. */
  public static String url(RedisProcess server) {
    return "redis://" + RedisProcess.HOST + ":" + server.port();
  }

  /** The same address with a key prefix nobody used before. */
  public static String fresh(String url) {
    String prefix = "t" + UUID.randomUUID().toString().substring(0, 13).replace("-", "");
    return url + (url.contains("?") ? "&" : "?") + "prefix=" + prefix;
  }

  private static final class Single {
    static final RedisProcess SERVER = startSingle();
  }

  private static final class Cluster {
    static final RedisCluster CLUSTER = new RedisCluster(3, false);
  }
}
