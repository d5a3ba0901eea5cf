package io.jobyard.store.mysql;

import io.jobyard.store.JobStore;
import io.jobyard.store.JobStoreProvider;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import java.util.List;

/** Opens {@code mysql://…} and {@code mariadb://…}. */
public final class MysqlStoreProvider implements JobStoreProvider {
  @Override
  public boolean accepts(String url) {
    return Dialect.accepts(url);
  }

  @Override
  public JobStore open(String url, StoreOptions options) {
    return MysqlStore.open(MysqlUrl.of(url), options, Sql.SERVER_CLOCK);
  }

  @Override
  public List<Script> migrate(String url, StoreOptions options, boolean dryRun) {
    MysqlUrl address = MysqlUrl.of(url);
    Schema schema = new Schema(address);
    try (Database database = new Database(address, options.pushTimeout(), Sql.SERVER_CLOCK)) {
      return database.alone(tx -> {
        Version.of(tx).requireSupported(address);
        schema.requireEnv(tx, options.env());
        if (dryRun) {
          return schema.pending(tx);
        }
        List<Script> done = schema.migrate(tx);
        schema.admit(tx, options);
        return done;
      });
    }
  }
}
