package io.jobyard.bench.peers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What the peers on PostgreSQL share: connections from a JDBC URL that holds the user. */
final class Pools {
  private Pools() {}

  static HikariDataSource hikari(String url, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(size);
    return new HikariDataSource(config);
  }

  /** The URL without its parameters. */
  static String plainUrl(String url) {
    return url.replaceFirst("\\?.*", "");
  }

  static String user(String url) {
    return parameter(url, "user");
  }

  static String password(String url) {
    return parameter(url, "password");
  }

  /** The version that the library's jar says it has. */
  static String version(Class<?> of) {
    String said = of.getPackage().getImplementationVersion();
    if (said != null) {
      return said;
    }
    String jar = of.getProtectionDomain().getCodeSource().getLocation().getPath();
    return jar.replaceFirst(".*-([0-9][^/]*)\\.jar$", "$1");
  }

  private static String parameter(String url, String name) {
    @Nullable String query = URI.create(url.replaceFirst("^jdbc:", "")).getQuery();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        if (pair.startsWith(name + "=")) {
          return pair.substring(name.length() + 1);
        }
      }
    }
    return "";
  }
}
