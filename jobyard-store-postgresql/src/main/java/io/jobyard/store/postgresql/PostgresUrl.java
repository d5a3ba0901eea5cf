package io.jobyard.store.postgresql;

import io.jobyard.JobyardException;
import io.jobyard.store.jdbc.TableNames;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * {@code postgresql://user:password@host:port/database?schema=S&prefix=P&pool=N&listen=false&…}:
 * all but these four parameters go to the driver. Everything may be percent-encoded. Says its
 * password to nobody but the driver.
 */
final class PostgresUrl {
  /** See {@link Pool} for why so many. */
  private static final int DEFAULT_POOL = 8;

  private static final int SMALLEST_POOL = 3;

  private final String shown;
  private final String jdbc;
  private final Map<String, String> driver;
  private final @Nullable String schema;
  private final String prefix;
  private final int pool;
  private final boolean listen;

  private PostgresUrl(
      String shown, String jdbc, Map<String, String> driver, Map<String, String> own) {
    this.shown = shown;
    this.jdbc = jdbc;
    this.driver = Map.copyOf(driver);
    String named = own.get("schema");
    this.schema = named == null ? null : TableNames.plain("schema", named);
    this.prefix = TableNames.of(own.getOrDefault("prefix", TableNames.DEFAULT_PREFIX)).prefix();
    this.pool = pool(own.get("pool"));
    this.listen = listen(own.get("listen"));
  }

  static boolean accepts(String url) {
    return url.startsWith("postgresql:") || url.startsWith("postgres:");
  }

  static PostgresUrl of(String url) {
    int authority = url.indexOf("://");
    if (authority < 0) {
      throw refused("it must begin with postgresql://");
    }
    String rest = url.substring(authority + 3);
    int query = rest.indexOf('?');
    Map<String, String> driver = new LinkedHashMap<>();
    Map<String, String> own = new LinkedHashMap<>();
    if (query >= 0) {
      for (String pair : rest.substring(query + 1).split("&", -1)) {
        parameter(pair, driver, own);
      }
      rest = rest.substring(0, query);
    }
    int at = rest.lastIndexOf('@');
    if (at >= 0) {
      String[] user = rest.substring(0, at).split(":", 2);
      driver.put("user", decode(user[0]));
      if (user.length == 2) {
        driver.put("password", decode(user[1]));
      }
      rest = rest.substring(at + 1);
    }
    int slash = rest.indexOf('/');
    String hosts = slash < 0 ? rest : rest.substring(0, slash);
    String database = slash < 0 ? "" : decode(rest.substring(slash + 1));
    if (hosts.isEmpty() || database.isEmpty()) {
      throw refused("it must name a host and a database: postgresql://user@host/database");
    }
    return new PostgresUrl(
        shown(hosts, database, driver, own),
        "jdbc:postgresql://" + hosts + "/" + encodedDatabase(database),
        driver,
        own);
  }

  /** The URL without the password, and without what only the driver is told. */
  String shown() {
    return shown;
  }

  String jdbc() {
    return jdbc;
  }

  /** What the driver is told: what the user wrote, else what serves a job store well. */
  Properties driver(Map<String, String> defaults) {
    Properties properties = new Properties();
    properties.putAll(defaults);
    properties.putAll(driver);
    return properties;
  }

  @Nullable String schema() {
    return schema;
  }

  String prefix() {
    return prefix;
  }

  /** The most connections, that of the listener not counted. */
  int pool() {
    return pool;
  }

  boolean listen() {
    return listen;
  }

  @Override
  public String toString() {
    return shown;
  }

  private static void parameter(String pair, Map<String, String> driver, Map<String, String> own) {
    if (pair.isEmpty()) {
      return;
    }
    int equals = pair.indexOf('=');
    if (equals < 1) {
      throw refused("the parameter '" + pair + "' must be name=value");
    }
    String name = decode(pair.substring(0, equals));
    String value = decode(pair.substring(equals + 1));
    switch (name) {
      case "schema", "prefix", "pool", "listen" -> own.put(name, value);
      default -> driver.put(name, value);
    }
  }

  private static String shown(
      String hosts, String database, Map<String, String> driver, Map<String, String> own) {
    StringBuilder shown = new StringBuilder("postgresql://");
    if (driver.containsKey("user")) {
      shown.append(driver.get("user")).append('@');
    }
    shown.append(hosts).append('/').append(database);
    char next = '?';
    for (Map.Entry<String, String> parameter : own.entrySet()) {
      shown.append(next).append(parameter.getKey()).append('=').append(parameter.getValue());
      next = '&';
    }
    return shown.toString();
  }

  private static int pool(@Nullable String text) {
    if (text == null) {
      return DEFAULT_POOL;
    }
    try {
      int pool = Integer.parseInt(text);
      if (pool >= SMALLEST_POOL) {
        return pool;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw refused("pool must be a number of at least " + SMALLEST_POOL + ", got '" + text + "'");
  }

  private static boolean listen(@Nullable String text) {
    if (text == null || text.equals("true")) {
      return true;
    }
    if (text.equals("false")) {
      return false;
    }
    throw refused("listen must be true or false, got '" + text + "'");
  }

  /** A plus is a plus here, as it is in a password. */
  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw refused("a percent sign must be followed by two hexadecimal digits (%25 is one)");
    }
  }

  private static String encodedDatabase(String database) {
    return java.net.URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The URL itself is not shown: a password may be anywhere in one that is wrong. */
  private static JobyardException refused(String why) {
    return new JobyardException("store: this URL of a PostgreSQL store is wrong: " + why);
  }
}
