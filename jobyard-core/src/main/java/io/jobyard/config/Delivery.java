package io.jobyard.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a queue's jobs go instead of to code of a worker.
 *
 * @param url {@code http} or {@code https}; every job is a POST to it
 * @param secret signs every request, so that the receiver can tell whose it is
 * @param allowPrivate whether the URL may lead to a loopback, link-local or private address
 * @param patience after so long since its push, a job that the receiver puts off fails like another
 */
public record Delivery(URI url, String secret, boolean allowPrivate, Duration patience) {
  public Delivery {
    String wrong = wrong(url);
    if (wrong != null) {
      throw new ConfigInvalid(List.of("deliver.url " + wrong + ", got '" + url + "'"));
    }
    QueueKeys.DELIVER_SECRET.check("deliver.", secret);
    QueueKeys.DELIVER_PATIENCE.check("deliver.", patience);
  }

  /**
   * What the settings of one queue say.
   *
   * @throws ConfigInvalid if they leave something out, or the URL is none
   */
  static Delivery of(String path, Settings settings) {
    String url = settings.find(QueueKeys.DELIVER_URL);
    String secret = settings.find(QueueKeys.DELIVER_SECRET);
    if (url == null || secret == null) {
      throw new ConfigInvalid(
          List.of(
              path
                  + (url == null ? "url" : "secret")
                  + " is missing: a queue that delivers needs a url and a secret"));
    }
    try {
      return new Delivery(
          new URI(url),
          secret,
          settings.get(QueueKeys.DELIVER_ALLOW_PRIVATE),
          settings.get(QueueKeys.DELIVER_PATIENCE));
    } catch (URISyntaxException e) {
      throw new ConfigInvalid(List.of(path + "url is no URL: " + e.getMessage()));
    }
  }

  private static @Nullable String wrong(URI url) {
    String scheme = url.getScheme();
    if (!"http".equalsIgnoreCase(scheme) && !"https".equalsIgnoreCase(scheme)) {
      return "must begin with http:// or https://";
    }
    if (url.getHost() == null) {
      return "must name a host";
    }
    return url.getUserInfo() == null && url.getFragment() == null
        ? null
        : "must have no user, password or fragment";
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "Delivery[" + url + "]";
  }
}
