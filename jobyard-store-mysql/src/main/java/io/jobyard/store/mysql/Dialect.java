package io.jobyard.store.mysql;

import java.util.Map;

/** What differs between the two products; their statements are the same. */
enum Dialect {
  MYSQL("mysql", "com.mysql.cj.jdbc.Driver") {
    @Override
    Map<String, String> driverDefaults() {
      return Map.of("rewriteBatchedStatements", "true", "tcpKeepAlive", "true");
    }
  },
  MARIADB("mariadb", "org.mariadb.jdbc.Driver") {
    @Override
    Map<String, String> driverDefaults() {
      return Map.of("tcpKeepAlive", "true");
    }
  };

  private final String scheme;
  private final String driver;

  Dialect(String scheme, String driver) {
    this.scheme = scheme;
    this.driver = driver;
  }

  /** Whether the URL is of either product. */
  static boolean accepts(String url) {
    return url.startsWith("mysql://") || url.startsWith("mariadb://");
  }

  /** The one whose driver a URL asks for; the server behind it may be the other. */
  static Dialect of(String url) {
    return url.startsWith("mariadb:") ? MARIADB : MYSQL;
  }

  String scheme() {
    return scheme;
  }

  String driver() {
    return driver;
  }

  /** What we want of the driver unless the URL says otherwise. */
  abstract Map<String, String> driverDefaults();
}
