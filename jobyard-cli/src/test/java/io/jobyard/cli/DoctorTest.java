package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  @TempDir Path folder;

  @Test
  void findsAHealthyYardHealthy() {
    try (StoreFixture yard = new StoreFixture(folder)) {
      Ran ran = yard.run("doctor", "--json");
      assertThat(ran.code()).isZero();
      assertThat(ran.json().get("ok").asBoolean()).isTrue();
      assertThat(yard.run("doctor").out())
          .contains("app-1, pid 4711, serves")
          .containsPattern("ok +disk +[0-9,]+ MiB are free for");
    }
  }

  @Test
  void namesQueuesWhoseJobsNobodyTakes() {
    try (StoreFixture yard = new StoreFixture(folder)) {
      yard.push("reports");
      yard.push("mail");
      assertThat(yard.run("doctor").out())
          .contains("reports: 1 jobs wait and no node serves it")
          .doesNotContain("mail: 1 jobs");
      yard.run("queue", "pause", "--queue", "mail");
      assertThat(yard.run("doctor").out()).contains("jobyard queue resume --queue mail");
    }
  }

  @Test
  void listsEveryNodeOfTheStore() {
    try (StoreFixture yard = new StoreFixture(folder)) {
      assertThat(yard.run("worker", "status", "--all").out()).contains("app-1", "default, mail");
      assertThat(yard.run("worker", "status", "--all", "--json").json().at("/nodes/0/pid").asInt())
          .isEqualTo(4711);
      yard.store.leave(yard.session);
      Ran none = yard.run("worker", "status", "--all");
      assertThat(none.code()).isEqualTo(1);
      assertThat(none.out()).contains("no node takes jobs from this store");
    }
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    Files.writeString(folder.resolve("jobyard.yaml"), "leas: 1s\n");
    Ran ran = Ran.in(folder, "doctor");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out())
        .contains("problem  configuration")
        .contains("leas is not a key; did you mean lease?");
  }

  @Test
  void migrateOfAStoreWithoutSchemaHasNothingToDo() {
    try (StoreFixture yard = new StoreFixture(folder)) {
      assertThat(yard.run("migrate", "--dry-run").out()).isEqualTo("the schema is up to date\n");
      assertThat(yard.run("migrate", "--json").json())
          .hasToString("{\"dry_run\":false,\"scripts\":[]}");
    }
  }
}
