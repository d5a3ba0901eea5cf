package io.jobyard.client;

import io.jobyard.JobyardException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Where to ask, and who asks.
 *
 * @param base without anything secret
 * @param authorization the header's value; null for none
 */
record Address(URI base, @Nullable String authorization) {
  /**
   * Reads {@code http://[TOKEN@|USER:PASSWORD@]HOST[:PORT][?token=TOKEN]}.
   *
   * @throws JobyardException if it is none; does not quote it, for it may hold a secret
   */
  static Address parse(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw unfit("it is no URL");
    }
    if (uri.getHost() == null) {
      throw unfit("it names no host");
    }
    String path = uri.getRawPath();
    if ((path != null && !path.isEmpty() && !path.equals("/")) || uri.getRawFragment() != null) {
      throw unfit("it has a path or a fragment");
    }
    String query = uri.getRawQuery();
    if (query != null && !query.startsWith("token=")) {
      throw unfit("after ? only token= may stand");
    }
    String user = uri.getRawUserInfo();
    if (user != null && query != null) {
      throw unfit("it says twice who asks");
    }
    String said =
        query != null
            ? bearer(query.substring("token=".length()))
            : user == null ? null : user.contains(":") ? basic(user) : bearer(user);
    return new Address(URI.create(uri.getScheme() + "://" + authority(uri)), said);
  }

  private static String authority(URI uri) {
    return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  private static String bearer(String raw) {
    return "Bearer " + decoded(raw);
  }

  private static String basic(String raw) {
    return "Basic "
        + Base64.getEncoder().encodeToString(decoded(raw).getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String raw) {
    return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static JobyardException unfit(String why) {
    return new JobyardException(
        "store: an HTTP store is written http://HOST:PORT, https://HOST, with TOKEN@ or"
            + " USER:PASSWORD@ before the host or ?token=TOKEN at the end; "
            + why);
  }

  @Override
  public String toString() {
    return base.toString();
  }
}
