package io.jobyard.store.postgresql;

import io.jobyard.store.JobStore;
import io.jobyard.store.JobStoreProvider;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import java.util.List;

/** Opens {@code postgresql://…}. */
public final class PostgresStoreProvider implements JobStoreProvider {
  @Override
  public boolean accepts(String url) {
    return PostgresUrl.accepts(url);
  }

  @Override
  public JobStore open(String url, StoreOptions options) {
    return new PostgresStore(PostgresUrl.of(url), options, Sql.SERVER_CLOCK);
  }

  @Override
  public List<Script> migrate(String url, StoreOptions options, boolean dryRun) {
    return new Opening(PostgresUrl.of(url), options, Sql.SERVER_CLOCK).migrate(dryRun);
  }
}
