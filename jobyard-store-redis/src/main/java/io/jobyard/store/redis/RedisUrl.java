package io.jobyard.store.redis;

import io.jobyard.JobyardException;
import io.lettuce.core.RedisURI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is, and how to use it: {@code redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]},
 * {@code redis-sentinel://HOSTS/MASTER[/DATABASE]}, {@code redis-cluster://HOSTS}, each as {@code
 * rediss…} with TLS, and with {@code ?prefix=…&wait=…&wait-timeout=…&ca=…}, Sentinel's also with
 * {@code sentinel-user=…&sentinel-password=…}.
 *
 * @param login at the servers that have the jobs
 * @param sentinelLogin at the Sentinels
 * @param prefix what all keys begin with
 * @param replicas how many must have a push before it is acknowledged
 * @param patience how long that may take
 * @param authority a file with the certificates that the servers' must go back to; null for those
 *     this JVM trusts
 */
record RedisUrl(
    Form form,
    boolean tls,
    Credentials login,
    Credentials sentinelLogin,
    List<Host> hosts,
    String master,
    int database,
    String prefix,
    int replicas,
    Duration patience,
    @Nullable Path authority) {
  private static final Pattern SHAPE =
      Pattern.compile(
          "redis(?<tls>s?)(?<form>-sentinel|-cluster)?://((?<auth>[^@/]*)@)?(?<hosts>[^/?]+)"
              + "(?<path>/[^?]*)?(\\?(?<query>.*))?");
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final String SENTINEL_USER = "sentinel-user";
  private static final String SENTINEL_PASSWORD = "sentinel-password";
  private static final List<String> PARAMETERS =
      List.of("prefix", "wait", "wait-timeout", "ca", SENTINEL_USER, SENTINEL_PASSWORD);

  enum Form {
    SINGLE,
    SENTINEL,
    CLUSTER
  }

  record Host(String name, int port) {
    @Override
    public String toString() {
      return name + ":" + port;
    }
  }

  static boolean accepts(String url) {
    return url.matches("rediss?(-sentinel|-cluster)?:.*");
  }

  static RedisUrl of(String url) {
    Matcher match = SHAPE.matcher(url);
    if (!match.matches()) {
      throw wrong(
          "must be redis://HOST[:PORT][/DATABASE], redis-sentinel://HOSTS/MASTER or"
              + " redis-cluster://HOSTS");
    }
    Form form =
        match.group("form") == null
            ? Form.SINGLE
            : match.group("form").equals("-cluster") ? Form.CLUSTER : Form.SENTINEL;
    Map<String, String> query = query(match.group("query"));
    String prefix = query.getOrDefault("prefix", "jobyard");
    if (!PREFIX.matcher(prefix).matches()) {
      throw wrong("prefix must be 1 to 64 letters, digits, '.', '_' or '-', got '" + prefix + "'");
    }
    List<String> path = new ArrayList<>();
    if (match.group("path") != null) {
      for (String part : match.group("path").split("/", -1)) {
        if (!part.isEmpty()) {
          path.add(part);
        }
      }
    }
    String master = "";
    if (form == Form.SENTINEL) {
      if (path.isEmpty()) {
        throw wrong("must name the master that the Sentinels watch: redis-sentinel://HOSTS/MASTER");
      }
      master = path.removeFirst();
    }
    int database = path.isEmpty() ? 0 : number("database", path.getFirst());
    if (form == Form.CLUSTER && database != 0) {
      throw wrong("a Cluster has no database but 0, got " + database + "; use prefix= instead");
    }
    return new RedisUrl(
        form,
        !match.group("tls").isEmpty(),
        Credentials.of(match.group("auth")),
        sentinelLogin(query, form),
        hosts(match.group("hosts"), form == Form.SENTINEL ? 26_379 : 6_379),
        master,
        database,
        prefix,
        number("wait", query.getOrDefault("wait", "0")),
        Duration.ofMillis(number("wait-timeout", query.getOrDefault("wait-timeout", "1000"))),
        authority(query.get("ca"), !match.group("tls").isEmpty()));
  }

  private static @Nullable Path authority(@Nullable String file, boolean tls) {
    if (file == null) {
      return null;
    }
    if (!tls) {
      throw wrong("has ca= only with TLS: rediss://…");
    }
    Path path = Path.of(file);
    if (!Files.isReadable(path)) {
      throw wrong("ca must be a file with certificates that can be read, got '" + file + "'");
    }
    return path;
  }

  private static Credentials sentinelLogin(Map<String, String> query, Form form) {
    String user = query.get(SENTINEL_USER);
    String password = query.get(SENTINEL_PASSWORD);
    if (form != Form.SENTINEL && (user != null || password != null)) {
      throw wrong("has sentinel-user= and sentinel-password= only as redis-sentinel://…");
    }
    if (user != null && password == null) {
      throw wrong("with sentinel-user= needs sentinel-password= too");
    }
    return new Credentials(user, password);
  }

  /**
   * Who asks.
   *
   * @param user null for the server's default user
   * @param password null where none is needed
   */
  record Credentials(@Nullable String user, @Nullable String password) {
    static Credentials of(@Nullable String text) {
      if (text == null || text.isEmpty()) {
        return new Credentials(null, null);
      }
      int colon = text.indexOf(':');
      // A word alone is a password, as in old Redis.
      String user = colon <= 0 ? null : decoded(text.substring(0, colon));
      return new Credentials(user, decoded(text.substring(colon + 1)));
    }

    RedisURI.Builder given(RedisURI.Builder builder) {
      if (password != null && user != null) {
        return builder.withAuthentication(user, password.toCharArray());
      }
      return password == null ? builder : builder.withPassword(password.toCharArray());
    }

    /** Without the password. */
    @Override
    public String toString() {
      return user == null ? "the default user" : user;
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static Map<String, String> query(@Nullable String text) {
    Map<String, String> query = new TreeMap<>();
    if (text == null) {
      return query;
    }
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      if (!PARAMETERS.contains(name)) {
        // Not its value, which may be a password.
        throw wrong(
            "knows prefix=, wait=, wait-timeout= (milliseconds), ca=, and for Sentinels"
                + " sentinel-user= and sentinel-password=, got '"
                + name
                + "'");
      }
      query.put(name, decoded(pair.substring(equals + 1)));
    }
    return query;
  }

  private static List<Host> hosts(String text, int defaultPort) {
    List<Host> hosts = new ArrayList<>();
    for (String host : text.split(",", -1)) {
      int colon = host.lastIndexOf(':');
      boolean port = colon > host.lastIndexOf(']');
      hosts.add(
          new Host(
              (port ? host.substring(0, colon) : host).replaceAll("[\\[\\]]", ""),
              port ? number("port", host.substring(colon + 1)) : defaultPort));
    }
    return hosts;
  }

  private static int number(String what, String text) {
    if (!text.matches("\\d{1,9}")) {
      throw wrong(what + " must be a number, got '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  private static JobyardException wrong(String why) {
    return new JobyardException("store: a Redis address " + why);
  }

  /** One for each node to begin with; for Sentinel one that names them all. */
  List<RedisURI> uris() {
    if (form == Form.SENTINEL) {
      RedisURI.Builder builder = RedisURI.builder().withSentinelMasterId(master);
      for (Host host : hosts) {
        RedisURI.Builder sentinel = RedisURI.builder().withHost(host.name()).withPort(host.port());
        builder.withSentinel(sentinelLogin.given(sentinel).build());
      }
      return List.of(finish(builder));
    }
    return hosts.stream()
        .map(host -> finish(RedisURI.Builder.redis(host.name(), host.port())))
        .toList();
  }

  private RedisURI finish(RedisURI.Builder builder) {
    // Only after the Sentinels are named: TLS is set for those, too.
    builder.withSsl(tls).withDatabase(database).withTimeout(Duration.ofSeconds(10));
    return login.given(builder).build();
  }

  /** What keys outside of any queue begin with. */
  String root() {
    return "{" + prefix + "}:";
  }

  /** Where all processes tell each other what happened. */
  String channel() {
    return prefix + "!wakes";
  }

  String channel(String topic) {
    return prefix + "!signals:" + topic;
  }

  /** Without any password. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(tls ? "rediss" : "redis");
    text.append(
        switch (form) {
          case SINGLE -> "";
          case SENTINEL -> "-sentinel";
          case CLUSTER -> "-cluster";
        });
    text.append("://").append(String.join(",", hosts.stream().map(Host::toString).toList()));
    text.append(master.isEmpty() ? "" : "/" + master);
    text.append(database == 0 ? "" : "/" + database);
    return text.append("?prefix=").append(prefix).toString();
  }
}
