package io.jobyard.store;

import io.jobyard.JobyardException;
import java.util.ServiceLoader;

/** Finds the store for a URL. */
public final class Stores {
  private Stores() {}

  /** Opens the store the URL names. */
  public static JobStore open(String url, StoreOptions options) {
    return provider(url).open(url, options);
  }

  /** The provider for the URL. */
  public static JobStoreProvider provider(String url) {
    for (JobStoreProvider provider :
        ServiceLoader.load(JobStoreProvider.class, Stores.class.getClassLoader())) {
      if (provider.accepts(url)) {
        return provider;
      }
    }
    throw new JobyardException(
        "store: no store on the class path opens '"
            + scheme(url)
            + "'; known are sqlite:FILE, mysql://…, mariadb://…, memory: and sync:, others need"
            + " their jobyard-store module, http:// and https:// need jobyard-client");
  }

  /** A URL as it may be shown: without who asks, and without passwords and tokens after it. */
  public static String shown(String url) {
    return url.replaceFirst("//[^/@]*@", "//")
        .replaceAll("(?i)([?&][^=&]*(?:password|token)[^=&]*=)[^&]*", "$1***");
  }

  /** What a URL begins with, colon included: all of it that holds no secret. */
  public static String scheme(String url) {
    int colon = url.indexOf(':');
    return colon < 0 ? url : url.substring(0, colon + 1);
  }
}
