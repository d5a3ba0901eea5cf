package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  @TempDir Path folder;

  @Test
  void listsAllCommandsInGroups() {
    Ran ran = run("list");
    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .contains("\nqueue\n")
        .contains("  queue failed     The failed jobs and why, newest first\n")
        .contains("  push             Push a job by its kind, or a program\n");
    assertThat(run().out()).isEqualTo(ran.out());
    assertThat(run("list", "--json").json().at("/commands/0/name").asString()).isEqualTo("push");
  }

  @ParameterizedTest
  @ValueSource(strings = {"queue:retry", "job:wait", "config:check"})
  void takesColonsForSpaces(String command) {
    assertThat(run(command, "--help").out())
        .contains("jobyard " + command.replace(':', ' '))
        .contains("Example")
        .contains("Exit codes: 0");
  }

  @Test
  void leavesColonsInArgumentsAlone() {
    assertThat(Spelling.withSpaces(new String[] {"push", "queue:x"}, Map.of()))
        .containsExactly("push", "queue:x");
  }

  @Test
  void saysInOneLineWhatWasWrongUse() {
    Ran unknown = run("queue", "failde");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.out()).isEmpty();
    assertThat(unknown.err())
        .isEqualTo(
            "jobyard queue: there is no command, option or argument 'failde' here; did you mean"
                + " failed? (jobyard queue --help tells more)\n");
    assertThat(run("queue", "failed", "--limit", "x").err().lines()).hasSize(1);
    assertThat(run("queue", "failed", "--limit", "0").code()).isEqualTo(2);
    assertThat(run("push", "kind", "--delay", "soon").err())
        .contains("'soon' is not a duration")
        .hasLineCount(1);
    assertThat(run("queue").code()).isEqualTo(2);
  }

  @Test
  void reportsEveryProblemOfTheConfiguration() throws IOException {
    Files.writeString(folder.resolve("jobyard.yaml"), "stor: x\nlease: 1\n");
    Ran ran = run("config", "check");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err().lines()).hasSize(2).first().asString().contains("jobyard.yaml:1: stor");

    Ran json = run("config", "check", "--json");
    assertThat(json.code()).isEqualTo(1);
    assertThat(json.err()).isEmpty();
    assertThat(json.json().at("/problems").size()).isEqualTo(2);
  }

  @Test
  void showsAStackTraceOnlyWhenAsked() throws IOException {
    Files.writeString(folder.resolve("jobyard.yaml"), "store: nosuch:x\n");
    assertThat(run("queue", "status").err()).hasLineCount(1).contains("nosuch:");
    assertThat(run("queue", "status", "--debug").err()).contains("at io.jobyard.store.Stores");
  }

  @Test
  void tellsItsVersion() {
    assertThat(run("--version").out()).startsWith("jobyard ").contains("Java ");
  }

  private Ran run(String... arguments) {
    return Ran.in(folder, arguments);
  }
}
