package io.jobyard.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobyard.Shell;
import io.jobyard.ShellRefused;
import io.jobyard.config.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, by which rule; each refusal leaves a line in the audit and starts nothing. */
class PermitsTest {
  @TempDir Path dir;
  private Path bin;
  private Bench bench;
  private String ok;

  @BeforeEach
  void open() throws Exception {
    dir = dir.toRealPath();
    bin = Files.createDirectory(dir.resolve("bin"));
    bench = Bench.allowing(bin);
    ok = bench.program("ok", "exit 0");
  }

  private void refused(Bench where, Shell shell, String... words) {
    assertThatThrownBy(() -> where.run(shell))
        .isInstanceOf(ShellRefused.class)
        .hasMessageContainingAll(words);
    assertThat(where.audit).hasSize(1);
    assertThat(where.audit.getFirst()).startsWith("refused job=").contains("why=");
    assertThat(where.audit.getFirst().chars()).noneMatch(Character::isISOControl);
  }

  private void refused(Shell shell, String... words) {
    refused(bench, shell, words);
  }

  @Test
  void nothingRunsByDefault() {
    refused(new Bench(dir, Commands.NONE), Shell.of(ok), "nothing may run");
    refused(new Bench(dir, Commands.NONE), Shell.script("true"), "shell: true");
  }

  @Test
  void aProgramOutsideIsRefused() throws Exception {
    Path outside = Bench.program(dir.resolve("outside"), "exit 0");
    refused(Shell.of(outside.toString()), "commands does not allow", outside.toString());
  }

  @Test
  void aGlobDoesNotReachIntoFolders() throws Exception {
    Path deeper = Files.createDirectory(bin.resolve("deeper"));
    refused(Shell.of(Bench.program(deeper.resolve("x"), "exit 0").toString()), "does not allow");
  }

  @Test
  void detoursAreRefused() {
    refused(Shell.of(bin + "/../bin/ok"), "without '..'");
    refused(Bench.allowing(bin), Shell.of(bin + "/./ok"), "without '.'");
    refused(Bench.allowing(bin), Shell.of("ok"), "absolute");
    refused(Bench.allowing(bin), Shell.of("./ok"), "absolute");
    refused(Bench.allowing(bin), Shell.of(""), "absolute");
  }

  @Test
  void aLinkLeadsNowhereElse() throws Exception {
    Path outside = Bench.program(dir.resolve("outside"), "exit 0");
    Path link = Files.createSymbolicLink(bin.resolve("link"), outside);
    refused(Shell.of(link.toString()), "does not allow", "which is " + outside);
    Path into = Files.createSymbolicLink(dir.resolve("into"), bin);
    refused(Bench.allowing(bin), Shell.of(into + "/ok"), "does not allow");
  }

  @Test
  void foldersOfAnEntryMayBeLinks() throws Throwable {
    Path current = Files.createSymbolicLink(dir.resolve("current"), bin);
    Bench released = Bench.allowing(current);
    assertThat(released.run(Shell.of(current + "/ok")).exit()).isZero();
    assertThat(released.audit.getFirst()).contains("program=\"" + bin + "/ok\"");
  }

  @Test
  void whatIsNoProgramIsRefused() throws Exception {
    refused(Shell.of(bin + "/missing"), "does not exist");
    Files.createDirectory(bin.resolve("folder"));
    refused(Bench.allowing(bin), Shell.of(bin + "/folder"), "is a folder");
    Path plain = Files.writeString(bin.resolve("plain"), "x");
    refused(Bench.allowing(bin), Shell.of(plain.toString()), "not executable");
  }

  @Test
  void whatOthersCanChangeIsRefused() throws Exception {
    Path open = Bench.program(bin.resolve("open"), "exit 0");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xrwx"));
    refused(Shell.of(open.toString()), "written to by everybody");
    Files.setPosixFilePermissions(bin, PosixFilePermissions.fromString("rwxrwxrwx"));
    refused(Bench.allowing(bin), Shell.of(ok), bin.toString(), "everybody can write");
    Files.setAttribute(bin, "unix:mode", 01777);
    refused(Bench.allowing(bin), Shell.of(ok), bin.toString(), "everybody can write");
  }

  @Test
  void setIdProgramsAreRefused() throws Exception {
    Files.setAttribute(Path.of(ok), "unix:mode", 04755);
    refused(Shell.of(ok), "set-id");
  }

  @Test
  void aShellNeedsMoreThanAGlob() {
    Commands all = new Commands(List.of(new Commands.Allowed("/**", null)), false, null, null);
    refused(new Bench(dir, all), Shell.of("/bin/sh", "-c", "id"), "shell: true");
  }

  @Test
  void argumentsAreHeldToTheirPattern() throws Throwable {
    var entry = new Commands.Allowed(ok, "--[a-z]+|[0-9]+");
    var strict = new Bench(dir, new Commands(List.of(entry), false, null, null));
    assertThat(strict.run(Shell.of(ok, "--all", "12")).exit()).isZero();
    for (String bad : List.of("--all x", "--all\n", "", "12;id", "$(id)", "--All")) {
      refused(
          new Bench(dir, new Commands(List.of(entry), false, null, null)),
          Shell.of(ok, "12", bad),
          "does not match the pattern");
    }
  }

  @Test
  void anArgumentThatIsTooMuchForItsPatternIsRefused() {
    var entry = new Commands.Allowed(ok, "([a-z]|[0-9])+");
    refused(
        new Bench(dir, new Commands(List.of(entry), false, null, null)),
        Shell.of(ok, "x".repeat(130_000)),
        "an argument of 130,000 characters is too long for the pattern ([a-z]|[0-9])+");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PATH",
        "LD_PRELOAD",
        "LD_AUDIT",
        "BASH_ENV",
        "ENV",
        "IFS",
        "PYTHONPATH",
        "DYLD_INSERT_LIBRARIES",
        "JAVA_TOOL_OPTIONS",
        "PERL5OPT",
        "BASH_FUNC_ls",
        "JOBYARD_RUN",
        "JOBYARD_WORKER",
        "A=B",
        "",
        "a b",
        "x\ny",
        "-u",
        "ä"
      })
  void variablesThatCouldWidenItAreRefused(String name) {
    refused(Shell.of(ok).env(name, "/tmp/x"), "variable");
  }

  @Test
  void namedVariablesOnlyWhereNamed() throws Throwable {
    var named =
        new Commands(
            Bench.commands(bin + "/*").allowed(), false, null, List.of("APP_*", "LD_BIND_NOW"));
    var run = new Bench(dir, named);
    assertThat(run.run(Shell.of(ok).env("APP_X", "1").env("LD_BIND_NOW", "1")).exit()).isZero();
    refused(new Bench(dir, named), Shell.of(ok).env("OTHER", "1"), "command-env");
  }

  @Test
  void wordsTheSystemCannotCarryAreRefused() {
    refused(Shell.of(ok, "a\0b"), "NUL");
    refused(Bench.allowing(bin), Shell.of(ok + "\0.txt"), "NUL");
    refused(Bench.allowing(bin), Shell.of(ok).env("A", "x\0y"), "NUL");
    refused(Bench.allowing(bin), Shell.of(ok).cwd(bin + "\0"), "NUL");
    refused(Bench.allowing(bin), Shell.of(ok, "x".repeat(200_000)), "200000 bytes");
    String[] many = new String[5_000];
    Arrays.fill(many, "x");
    refused(Bench.allowing(bin), Shell.of(ok, many), "words");
  }

  @Test
  void workingFoldersAreChecked() {
    refused(Shell.of(ok).cwd("bin"), "working folder", "absolute");
    refused(Bench.allowing(bin), Shell.of(ok).cwd(dir + "/none"), "working folder", "not exist");
    refused(Bench.allowing(bin), Shell.of(ok).cwd(ok), "not a folder");
    refused(Bench.allowing(bin), Shell.of(ok).cwd(bin + "/../.."), "without '..'");
  }

  @Test
  void anUnknownUserIsRefused() {
    Commands as =
        new Commands(Bench.commands(bin + "/*").allowed(), false, "nobody-of-this-name", null);
    refused(new Bench(dir, as), Shell.of(ok), "run-as nobody-of-this-name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "7",
        "null",
        "{\"program\":7}",
        "{\"program\":\"/bin/ls\",\"args\":\"x\"}",
        "{\"program\":\"/bin/ls\",\"script\":\"x\"}",
        "{\"program\":\"/bin/ls\",\"args\":[null]}",
        "{\"program\":\"/bin/ls\",\"shell\":true}",
        "{\"program\":\"/bin/ls\",\"commands\":[\"/**\"]}",
        "{\"program\":\"/bin/ls\",\"runAs\":\"root\"}",
        "{\"program\":{\"@class\":\"java.io.File\"}}",
        "{\"program\":\"/bin/ls\",\"env\":{\"A\":null}}",
        "{\"program\":\"/bin/ls\"",
        "{\"program\":\"\\ud800\"}",
        "{\"program\":\"/bin/ls\",\"program\":\"/bin/sh\"}",
      })
  void payloadsThatAreNoneAreRefused(String json) {
    assertThatThrownBy(() -> bench.runJson(json)).isInstanceOf(ShellRefused.class);
    assertThat(bench.audit).hasSize(1);
    assertThat(bench.audit.getFirst()).startsWith("refused ");
  }

  @Test
  void inputMustBeBase64() {
    assertThatThrownBy(() -> bench.runJson("{\"program\":\"" + ok + "\",\"stdinBase64\":\"%%\"}"))
        .isInstanceOf(ShellRefused.class)
        .hasMessageContaining("Base64");
  }
}
