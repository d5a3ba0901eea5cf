package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.Jobyard;
import io.jobyard.JobyardException;
import io.jobyard.config.Configs;
import io.jobyard.store.JobStore;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A developer's machine, configured with the address of production's store. */
class EnvRefusalTest {
  private static final String REFUSED =
      "belongs to the environment 'production', this process is configured with 'env: development'";

  @TempDir Path folder;
  private String url = "";

  @BeforeEach
  void production() throws IOException {
    url = "sqlite:" + folder.resolve("production.db");
    open("production").close();
    configure("development");
  }

  private JobStore open(String env) {
    return Stores.open(url, new StoreOptions(folder, true, Duration.ofSeconds(5), env, Map.of()));
  }

  private void configure(String env) throws IOException {
    Files.writeString(folder.resolve("jobyard.yaml"), "store: " + url + "\nenv: " + env + "\n");
  }

  @Test
  void anApplicationIsRefused() {
    assertThatThrownBy(() -> Jobyard.open(Configs.load(folder)))
        .isInstanceOf(JobyardException.class)
        .hasMessageContaining(REFUSED);
    untouched();
  }

  @Test
  void everyCommandIsRefused() {
    for (List<String> command :
        List.of(
            List.of("push", "send-welcome", "{}"),
            List.of("queue", "status"),
            List.of("queue", "pause", "--queue", "mail"),
            List.of("queue", "clean", "--all", "--yes"),
            List.of("worker", "status", "--all"),
            List.of("move", "--to", "sqlite:" + folder.resolve("mine.db")))) {
      Ran ran = Ran.in(folder, command.toArray(String[]::new));
      assertThat(ran.code()).as("%s", command).isEqualTo(1);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).contains(REFUSED).hasLineCount(1);
    }
    assertThat(Ran.in(folder, "doctor").out()).contains("problem  store").contains(REFUSED);
    untouched();
  }

  @Test
  void commandsThatOnlyLookDoNotSayWhoseAStoreIs() throws IOException {
    url = "sqlite:" + folder.resolve("unnamed.db");
    Stores.open(url, StoreOptions.defaults()).close();
    configure("development");
    for (List<String> command :
        List.of(
            List.of("doctor"),
            List.of("queue", "status"),
            List.of("queue", "failed"),
            List.of("worker", "status", "--all"),
            List.of("move", "--dry-run", "--to", "sqlite:" + folder.resolve("mine.db")))) {
      Ran unused = Ran.in(folder, command.toArray(String[]::new));
      assertThat(env()).as("%s", command).isNull();
    }
    assertThat(Ran.in(folder, "push", "send-welcome", "{}").code()).isZero();
    assertThat(env()).isEqualTo("development");
  }

  private @Nullable String env() {
    try (JobStore store = Stores.open(url, StoreOptions.defaults())) {
      return store.report().env();
    }
  }

  @Test
  void aNodeIsRefusedAndTakesNothing() throws IOException {
    Ran refused = Ran.in(folder, "worker", "start", "-d");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains(REFUSED);
    untouched();
    configure("production");
    assertThat(Ran.in(folder, "push", "send-welcome", "{}").code()).isZero();
  }

  @Test
  void aNodeThatNamesNoneIsRefusedWhereTheStoreDoes() throws IOException {
    Files.writeString(folder.resolve("jobyard.yaml"), "store: " + url + "\n");
    for (List<String> command :
        List.of(
            List.of("worker", "start", "-d"),
            List.of("queue", "work", "--once"),
            List.of("serve", "--http", "0", "--faktory", "0"))) {
      Ran refused = Ran.in(folder, command.toArray(String[]::new));
      assertThat(refused.code()).as("%s", command).isEqualTo(1);
      assertThat(refused.err())
          .contains("belongs to the environment 'production', and this node names none")
          .contains("set 'env: production'");
    }
    try (Jobyard yard = Jobyard.open(Configs.load(folder))) {
      assertThatThrownBy(yard::work).hasMessageContaining("this node names none");
    }
    assertThat(Ran.in(folder, "doctor").out())
        .contains("none set, so a node would take no jobs from this store");
    assertThat(Ran.in(folder, "queue", "status").code()).isZero();
    untouched();
  }

  private void untouched() {
    try (JobStore store = open("production")) {
      assertThat(store.queues()).isEmpty();
      assertThat(store.nodes()).isEmpty();
    }
  }
}
