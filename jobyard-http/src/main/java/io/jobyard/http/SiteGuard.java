package io.jobyard.http;

import io.javalin.http.Context;
import io.jobyard.config.HttpConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the pages of other sites out, also where nobody is asked who they are. A browser says by
 * {@code Origin} and {@code Sec-Fetch-Site} whose page asks, and by {@code Host} which name it
 * thinks it talks to: a name that is not this machine's was pointed here by somebody else.
 */
final class SiteGuard {
  private final Set<String> names = new HashSet<>();
  private final boolean anyName;

  SiteGuard(HttpConfig config) {
    config.hosts().forEach(host -> names.add(host.toLowerCase(Locale.ROOT)));
    // With logins a name pointed here gains nothing: a browser has no cookie for it.
    anyName = config.hosts().isEmpty() && !config.auth().isEmpty();
    names.add(config.host().toLowerCase(Locale.ROOT));
  }

  /** Refuses what comes from somebody else's page. */
  void check(Context request) {
    String host = request.header("Host");
    if (host == null || host.isEmpty()) {
      throw Problem.bad("the request has no Host header");
    }
    String name = name(host);
    if (!anyName && !names.contains(name) && !HttpConfig.loopback(name)) {
      throw Problem.status(
          421,
          "Not this host",
          "this is not known as '"
              + name
              + "'; ask by localhost or its address, or list the name under http.hosts");
    }
    String origin = request.header("Origin");
    if (origin != null && !origin.equals(request.scheme() + "://" + host) && !same(origin, host)) {
      throw Problem.forbidden("pages of another site may not ask here");
    }
    // Links from elsewhere may lead here; other sites' scripts, forms and images may not.
    String site = request.header("Sec-Fetch-Site");
    boolean foreign = "cross-site".equals(site) || "same-site".equals(site);
    boolean link =
        "navigate".equals(request.header("Sec-Fetch-Mode"))
            && request.method().name().equals("GET");
    if (foreign && !link) {
      throw Problem.forbidden("pages of another site may not ask here");
    }
  }

  /** Whether an origin is this very host and port; behind a proxy its scheme may differ. */
  private static boolean same(String origin, String host) {
    try {
      String authority = new URI(origin).getRawAuthority();
      return authority != null && authority.equalsIgnoreCase(host);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String name(@Nullable String host) {
    String text = host == null ? "" : host;
    int colon = text.lastIndexOf(':');
    boolean port = colon > text.lastIndexOf(']');
    return (port ? text.substring(0, colon) : text).toLowerCase(Locale.ROOT);
  }
}
