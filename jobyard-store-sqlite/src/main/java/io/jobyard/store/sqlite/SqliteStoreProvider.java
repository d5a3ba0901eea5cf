package io.jobyard.store.sqlite;

import io.jobyard.store.JobStore;
import io.jobyard.store.JobStoreProvider;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import java.util.List;

/** Opens {@code sqlite:FILE}. */
public final class SqliteStoreProvider implements JobStoreProvider {
  @Override
  public boolean accepts(String url) {
    return SqliteFile.accepts(url);
  }

  @Override
  public JobStore open(String url, StoreOptions options) {
    return SqliteStore.open(SqliteFile.of(url, options.base()), options);
  }

  @Override
  public List<Script> migrate(String url, StoreOptions options, boolean dryRun) {
    return new Opening(SqliteFile.of(url, options.base()), options).migrate(dryRun);
  }
}
