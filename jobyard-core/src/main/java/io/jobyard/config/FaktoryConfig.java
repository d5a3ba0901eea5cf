package io.jobyard.config;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where and how to listen for clients and workers that speak the Faktory protocol.
 *
 * @param host the address to listen at
 * @param port 0 takes any free one
 * @param password null asks for none, which only a loopback address may
 * @param admin whether FLUSH is allowed
 * @param certificate PEM, the server's first; null listens without TLS
 * @param key the certificate's private key, PEM in PKCS#8; null exactly where the certificate is
 * @param connections at most so many at once
 */
public record FaktoryConfig(
    String host,
    int port,
    @Nullable String password,
    boolean admin,
    @Nullable Path certificate,
    @Nullable Path key,
    int connections) {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|::1|\\[::1]");

  public FaktoryConfig {
    Keys.FAKTORY_HOST.check("faktory.", host);
    Keys.FAKTORY_PORT.check("faktory.", port);
    Keys.FAKTORY_PASSWORD.check("faktory.", password);
    Keys.FAKTORY_CONNECTIONS.check("faktory.", connections);
    if (password == null && !LOOPBACK.matcher(host).matches()) {
      throw new ConfigInvalid(
          List.of(
              "faktory.host is "
                  + host
                  + ", which other machines may reach: set faktory.password too, or listen at"
                  + " 127.0.0.1"));
    }
    if ((certificate == null) != (key == null)) {
      throw new ConfigInvalid(
          List.of(
              "faktory."
                  + (key == null ? "certificate" : "key")
                  + " is set alone: TLS needs faktory.certificate and faktory.key"));
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "FaktoryConfig[" + host + ":" + port + (certificate == null ? "" : ", TLS") + "]";
  }
}
