package io.jobyard.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.JobyardException;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobStoreProvider;
import io.jobyard.store.Script;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a store that keeps its jobs in tables comes by them. */
public interface MigrationContract {
  /** The database of this test; it is empty when the test begins. */
  String url();

  /** Runs a text of many statements in that database, as its own command line does. */
  void run(String text) throws SQLException;

  /** Makes the tables look older than they are: their version is 0 again. */
  void age() throws SQLException;

  private JobStoreProvider provider() {
    return Stores.provider(url());
  }

  private static StoreOptions options(boolean migrate, @Nullable String env) {
    return new StoreOptions(Path.of(""), migrate, Duration.ofSeconds(30), env, Map.of());
  }

  private List<Script> pending() {
    return provider().migrate(url(), options(false, null), true);
  }

  @Test
  default void whatADryRunPrintsIsAllThatANodeNeeds() throws SQLException {
    StoreOptions manual = options(false, null);
    assertThatThrownBy(() -> provider().open(url(), manual))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("there are no tables of Jobyard yet");
    run(pending().stream().map(Script::text).collect(Collectors.joining("\n")));
    assertThat(pending()).isEmpty();
    try (JobStore store = provider().open(url(), manual)) {
      Actor.on(store).pushAndLease();
    }
  }

  @Test
  default void anothersStoreIsNotMigrated() throws SQLException {
    provider().open(url(), options(true, "production")).close();
    age();
    List<Script> before = pending();
    assertThat(before).isNotEmpty();
    StoreOptions others = options(true, "development");
    refused(() -> provider().open(url(), others));
    refused(() -> provider().migrate(url(), others, true));
    refused(() -> provider().migrate(url(), others, false));
    assertThat(pending()).isEqualTo(before);
  }

  @Test
  default void whoMigratesDecidesWhoseItIs() {
    StoreOptions theirs = options(false, "production");
    StoreOptions others = options(false, "development");
    provider().migrate(url(), theirs, false);
    refused(() -> provider().open(url(), others));
    provider().open(url(), theirs).close();
  }

  private static void refused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining("belongs to the environment 'production'")
        .hasMessageContaining("env: development");
  }
}
