package io.jobyard.store.mysql;

import io.jobyard.JobyardException;
import io.jobyard.store.jdbc.TableNames;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code mysql://user:password@host:port/database?prefix=P&pool=N&…}, or the same with {@code
 * mariadb}. All parameters but those two go to the driver. Its text never shows the password.
 *
 * @param user null leaves it to the driver
 * @param pool how many connections at most
 */
record MysqlUrl(
    Dialect dialect,
    String host,
    int port,
    String database,
    @Nullable String user,
    @Nullable String password,
    TableNames names,
    int pool,
    Map<String, String> parameters) {
  private static final int DEFAULT_POOL = 10;

  MysqlUrl {
    parameters = Map.copyOf(parameters);
    if (pool < 3 || pool > 1_000) {
      throw new JobyardException("store: pool must be 3 to 1000 connections, got " + pool);
    }
  }

  static MysqlUrl of(String url) {
    Dialect dialect = Dialect.of(url);
    URI uri = uri(url);
    String path = uri.getPath() == null ? "" : uri.getPath().replaceFirst("^/", "");
    if (uri.getHost() == null || path.isEmpty() || path.contains("/")) {
      throw bad(url, "it needs a host and a database");
    }
    String[] user = uri.getRawUserInfo() == null ? new String[0] : split(uri.getRawUserInfo(), ":");
    Map<String, String> parameters = parameters(uri.getRawQuery());
    String prefix = parameters.remove("prefix");
    return new MysqlUrl(
        dialect,
        uri.getHost(),
        uri.getPort() < 0 ? 3306 : uri.getPort(),
        path,
        user.length > 0 ? decoded(user[0]) : null,
        user.length > 1 ? decoded(user[1]) : null,
        TableNames.of(prefix == null ? TableNames.DEFAULT_PREFIX : prefix),
        pool(parameters.remove("pool")),
        parameters);
  }

  /** For the driver; user, password and parameters are given to it apart. */
  String jdbc() {
    return "jdbc:" + dialect.scheme() + "://" + host + ":" + port + "/" + database;
  }

  @Override
  public String toString() {
    String prefix = names.prefix().equals(TableNames.DEFAULT_PREFIX) ? "" : names.prefix();
    return dialect.scheme()
        + "://"
        + (user == null ? "" : user + "@")
        + host
        + ":"
        + port
        + "/"
        + database
        + (prefix.isEmpty() ? "" : "?prefix=" + prefix);
  }

  private static URI uri(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      // Its message would show the password.
      throw bad(url, "'" + e.getReason() + "' at character " + (e.getIndex() + 1));
    }
  }

  private static JobyardException bad(String url, String why) {
    return new JobyardException(
        "store: the "
            + Dialect.of(url).scheme()
            + " URL is not right: "
            + why
            + "; write mysql://user:password@host:port/database, and %40 for an @ in a password");
  }

  private static int pool(@Nullable String text) {
    try {
      return text == null ? DEFAULT_POOL : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new JobyardException("store: pool must be a number, got '" + text + "'", e);
    }
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new TreeMap<>();
    if (query != null) {
      for (String parameter : query.split("&", -1)) {
        String[] parts = split(parameter, "=");
        if (!parts[0].isEmpty()) {
          parameters.put(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
        }
      }
    }
    return parameters;
  }

  private static String[] split(String text, String at) {
    return text.split(at, 2);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
