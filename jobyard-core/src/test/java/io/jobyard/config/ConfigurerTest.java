package io.jobyard.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jobyard.store.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurerTest {
  @TempDir Path folder;

  @Test
  void hasTheDocumentedDefaults() {
    Config config = new Configurer().environment(Map.of()).base(folder).build();

    assertThat(config.store()).isEqualTo("sqlite:jobyard.db");
    assertThat(config.node()).isNotEmpty();
    assertThat(config.runDir()).isEqualTo(folder.resolve(".jobyard"));
    assertThat(config.log()).isEqualTo(new Config.LogConfig(folder.resolve("logs"), "info"));
    assertThat(config.lease()).isEqualTo(Duration.ofSeconds(15));
    assertThat(config.stopTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.pushTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.migrate()).isTrue();
    assertThat(config.classpath()).isEmpty();
    QueueConfig queue = config.queue("default");
    assertThat(queue.processes()).isEqualTo(3);
    assertThat(queue.memory()).isEqualTo(128L << 20);
    assertThat(queue.policy()).isEqualTo(io.jobyard.run.Policy.DEFAULT);
    assertThat(queue.poll()).isEqualTo(Duration.ofSeconds(1));
    assertThat(queue.killGrace()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void codeWinsOverEnvironmentOverFile() throws IOException {
    write("node: file\nstore: memory:file\nlease: 1s\nqueues: {mail: {processes: 2, threads: 4}}");
    Config config =
        new Configurer()
            .from(folder)
            .environment(Map.of("JOBYARD_NODE", "env", "JOBYARD_STORE", "memory:env"))
            .node("code")
            .queue("mail", q -> q.processes(9))
            .build();

    assertThat(config.node()).isEqualTo("code");
    assertThat(config.store()).isEqualTo("memory:env");
    assertThat(config.lease()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.queue("mail").processes()).isEqualTo(9);
    assertThat(config.queue("mail").threads()).isEqualTo(4);
    assertThat(config.base()).isEqualTo(folder);
  }

  @Test
  void readsEveryTopKeyFromTheEnvironment() {
    Config config =
        new Configurer()
            .base(folder)
            .environment(
                Map.of(
                    "JOBYARD_CLASSPATH", "a.jar:lib/*.jar",
                    "JOBYARD_STOP_TIMEOUT", "0",
                    "JOBYARD_NODE", "12",
                    "JOBYARD_LOG_LEVEL", "warn",
                    "JOBYARD_MIGRATE", "manual",
                    "JOBYARD_LEASE", ""))
            .build();

    assertThat(config.classpath()).containsExactly("a.jar", "lib/*.jar");
    assertThat(config.stopTimeout()).isZero();
    assertThat(config.node()).isEqualTo("12");
    assertThat(config.log().level()).isEqualTo("warn");
    assertThat(config.migrate()).isFalse();
    assertThat(config.lease()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void namesTheVariableThatIsWrong() {
    var invalid =
        catchThrowableOfType(
            ConfigInvalid.class,
            () -> new Configurer().environment(Map.of("JOBYARD_LEASE", "soon")).build());
    assertThat(invalid.problems())
        .containsExactly(
            "JOBYARD_LEASE: lease must be a duration with its unit, such as 500ms, 3s, 2m or"
                + " 1h30m, got 'soon'");
  }

  @Test
  void reportsAllThatCodeGotWrong() {
    Configurer wrong =
        new Configurer()
            .environment(Map.of())
            .store("jobs.db")
            .queue("a b")
            .queue("mail", q -> q.poll(Duration.ZERO).processes(0));
    var invalid = catchThrowableOfType(ConfigInvalid.class, wrong::build);
    assertThat(invalid.problems())
        .hasSize(4)
        .first()
        .isEqualTo("code: store must be a URL such as sqlite:jobyard.db, got 'jobs.db'");
    assertThat(invalid.problems()).contains("code: queues.mail.poll must be at least 1ms, got 0s");
  }

  @Test
  void tellsTheStoreItsEnvironmentAndShards() {
    Config config =
        new Configurer()
            .environment(Map.of("JOBYARD_ENV", "staging"))
            .queue("mail", q -> q.shards(8).order(Order.LIFO).limit(3))
            .build();
    assertThat(config.storeOptions().env()).isEqualTo("staging");
    assertThat(config.storeOptions().shards()).isEqualTo(Map.of("default", 1, "mail", 8));
    assertThat(config.queue("mail").order()).isEqualTo(Order.LIFO);
    assertThat(config.queue("mail").limit()).isEqualTo(3);
    assertThat(new Configurer().environment(Map.of()).build().storeOptions().env()).isNull();
  }

  @Test
  void refusesAnInvalidRecord() {
    QueueConfig q = QueueConfig.named("mail");
    assertThatThrownBy(() ->
            new QueueConfig(
                "mail",
                0,
                1,
                q.memory(),
                q.timeout(),
                3,
                q.backoff(),
                false,
                q.poll(),
                0,
                q.order(),
                1,
                3,
                3,
                q.resultTtl(),
                q.keepSucceeded(),
                q.killGrace(),
                null,
                null,
                Commands.NONE,
                Staffing.DEFAULT,
                null))
        .hasMessage("code: queues.mail.processes must be at least 1, got 0");
    assertThatThrownBy(() -> QueueConfig.named("")).hasMessageContaining("queue's name");
  }

  @Test
  void loadsAFolderWithoutAFileButNotAFileThatIsMissing() {
    assertThat(Configs.load(folder).base()).isEqualTo(folder);
    Path missing = folder.resolve("other.yaml");
    assertThatThrownBy(() -> Configs.load(missing))
        .hasMessage(missing + ": there is no such file or folder");
  }

  @Test
  void resolvesPathsAgainstTheFilesFolder() throws IOException {
    write("run-dir: run\nlog: {dir: /var/log/app}\n");
    Config config = Configs.load(folder.resolve("jobyard.yaml"));
    assertThat(List.of(config.runDir(), config.log().dir()))
        .containsExactly(folder.resolve("run"), Path.of("/var/log/app"));
  }

  private void write(String yaml) throws IOException {
    Files.writeString(folder.resolve("jobyard.yaml"), yaml);
  }
}
