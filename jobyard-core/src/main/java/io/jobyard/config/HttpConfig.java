package io.jobyard.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where and for whom a node answers HTTP.
 *
 * @param port 0 takes a free one; null for no HTTP
 * @param host the address it listens on
 * @param auth who may ask; empty lets everybody who reaches it do everything
 * @param tls for HTTPS; null for HTTP
 * @param hosts the names browsers may reach it by, beside the host
 * @param mask fields of payloads whose values are not shown: names and globs
 * @param maxBody the largest request, in bytes
 * @param maxConnections at most so many at once
 */
public record HttpConfig(
    @Nullable Integer port,
    String host,
    List<Login> auth,
    @Nullable Tls tls,
    List<String> hosts,
    List<String> mask,
    long maxBody,
    int maxConnections) {
  /** Nothing is answered. */
  public static final HttpConfig OFF =
      new HttpConfig(
          null,
          Keys.HTTP_HOST.standard(),
          List.of(),
          null,
          List.of(),
          Keys.HTTP_MASK.standard(),
          Keys.HTTP_MAX_BODY.standard(),
          Keys.HTTP_MAX_CONNECTIONS.standard());

  /**
   * @throws ConfigInvalid if others could reach it and nobody is asked who they are
   */
  public HttpConfig {
    auth = List.copyOf(auth);
    hosts = List.copyOf(hosts);
    mask = List.copyOf(mask);
    Keys.HTTP_PORT.check("http.", port);
    Keys.HTTP_HOST.check("http.", host);
    Keys.HTTP_AUTH.check("http.", auth);
    Keys.HTTP_MAX_BODY.check("http.", maxBody);
    Keys.HTTP_MAX_CONNECTIONS.check("http.", maxConnections);
    if (!loopback(host) && auth.isEmpty()) {
      throw new ConfigInvalid(
          List.of(
              "http.host "
                  + host
                  + " can be reached from other machines, so http.auth must say who may ask; make a"
                  + " token with 'jobyard auth token' and put what it prints under http.auth"));
    }
  }

  /** Whether only this machine can reach it. */
  public boolean local() {
    return loopback(host);
  }

  /** Whether this is a name or an address of a machine's own loopback. */
  public static boolean loopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.matches("127(\\.[0-9]{1,3}){3}")
        || host.equals("::1")
        || host.equals("[::1]");
  }
}
