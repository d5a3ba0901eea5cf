package io.jobyard.client;

import io.jobyard.JobyardException;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobStoreProvider;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import java.util.List;

/** Opens {@code http://HOST:PORT} and {@code https://…}: a store behind a node's HTTP API. */
public final class HttpStoreProvider implements JobStoreProvider {
  @Override
  public boolean accepts(String url) {
    return url.startsWith("http://") || url.startsWith("https://");
  }

  @Override
  public JobStore open(String url, StoreOptions options) {
    return new HttpStore(Address.parse(url), options);
  }

  @Override
  public List<Script> migrate(String url, StoreOptions options, boolean dryRun) {
    throw new JobyardException(
        "a store behind HTTP is brought up to date where it is opened; run 'jobyard migrate' at "
            + Address.parse(url).base());
  }
}
