package io.jobyard.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.jobyard.Shell;
import io.jobyard.ShellFailed;
import io.jobyard.config.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program gets, and what comes back. */
class ProgramTest {
  @TempDir Path dir;
  private Bench bench;

  @BeforeEach
  void open() throws Exception {
    dir = dir.toRealPath();
    bench = Bench.allowing(dir);
  }

  @Test
  void argumentsArriveAsTheyAre() throws Throwable {
    String program = bench.program("args", "for a in \"$@\"; do printf '<%s>\\n' \"$a\"; done");
    Shell.Result result =
        bench.run(
            Shell.of(program, "a b", "; rm -rf /", "$(id)", "`id`", "", "--", "two\nlines", "*"));
    assertThat(result.output())
        .isEqualTo("<a b>\n<; rm -rf />\n<$(id)>\n<`id`>\n<>\n<-->\n<two\nlines>\n<*>\n");
    assertThat(result.exit()).isZero();
    assertThat(bench.job.lines()).contains("<a b>", "<$(id)>");
  }

  /** Only root may change the user. */
  @Test
  void itRunsAsTheUserThatTheQueueNames() throws Throwable {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    Commands allowed = Bench.commands(dir + "/*");
    Bench asNobody = new Bench(dir, new Commands(allowed.allowed(), false, "nobody", null));
    // Else nobody but root may look into it.
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    String program = asNobody.program("who", "id -un; id -G; touch /root/here 2>&1");
    assertThatThrownBy(() -> asNobody.run(Shell.of(program)))
        .isInstanceOf(ShellFailed.class)
        .hasMessageContaining("denied");
    List<String> lines = asNobody.job.lines();
    assertThat(lines.getFirst()).isEqualTo("nobody");
    assertThat(lines.get(1).split(" ")).as("groups").doesNotContain("0");
    assertThat(asNobody.audit.getFirst()).contains("nobody");
  }

  @Test
  void nothingIsInheritedButWhatWasChosen() throws Throwable {
    String program = bench.program("env", "exec env");
    Map<String, String> seen = new TreeMap<>();
    bench
        .run(Shell.of(program).env("COLOUR", "blue; $(id)"))
        .output()
        .lines()
        .forEach(line -> seen.put(line.split("=", 2)[0], line.split("=", 2)[1]));
    assertThat(seen)
        .containsEntry("COLOUR", "blue; $(id)")
        .containsEntry("PATH", "/usr/local/bin:/usr/bin:/bin")
        .containsEntry("JOBYARD_JOB", bench.job.id().toString());
    // PWD and _ are the shell's own.
    assertThat(seen.keySet())
        .isSubsetOf(
            "COLOUR",
            "PATH",
            "JOBYARD_JOB",
            "JOBYARD_QUEUE",
            "JOBYARD_ATTEMPT",
            "JOBYARD_RUN",
            "JOBYARD_WORKER",
            "PWD",
            "OLDPWD",
            "SHLVL",
            "_");
  }

  @Test
  void inputFolderAndBinaryDataPass() throws Throwable {
    Path folder = Files.createDirectory(dir.resolve("work"));
    String program = bench.program("wc", "pwd; wc -c; exit 0");
    byte[] bytes = {(byte) 0xff, 0, (byte) 0xfe, 10};
    Shell.Result result = bench.run(Shell.of(program).stdin(bytes).cwd(folder.toString()));
    assertThat(result.output().lines().map(String::strip)).containsExactly(folder.toString(), "4");
  }

  @Test
  void aProgramThatReadsNothingIsNotWaitedFor() throws Throwable {
    String program = bench.program("deaf", "echo done");
    assertThat(bench.run(Shell.of(program).stdin("x".repeat(1_000_000))).output())
        .isEqualTo("done\n");
  }

  @Test
  void anExitCodeFailsWithTheLastLines() throws Exception {
    String program = bench.program("fails", "seq 1 100; echo out of luck >&2; exit 3");
    assertThatThrownBy(() -> bench.run(Shell.of(program)))
        .isInstanceOf(ShellFailed.class)
        .hasMessageStartingWith(program + " ended with exit code 3; it printed last:\n92\n")
        .hasMessageEndingWith("100\nout of luck")
        .extracting(e -> ((ShellFailed) e).exitCode())
        .isEqualTo(3);
    assertThat(bench.audit.getLast()).contains("exit=3");
  }

  @Test
  void aSignalIsNamed() throws Exception {
    String program = bench.program("dies", "kill -SEGV $$");
    assertThatThrownBy(() -> bench.run(Shell.of(program)))
        .isInstanceOf(ShellFailed.class)
        .hasMessageContaining("exit code 139, as SIGSEGV leaves");
  }

  @Test
  void aProgramWithoutInterpreterFailsClearly() throws Exception {
    Path file = Bench.program(dir.resolve("broken"), "");
    Files.writeString(file, "#!/no/such/interpreter\n");
    assertThatThrownBy(() -> bench.run(Shell.of(file.toString())))
        .isInstanceOf(ShellFailed.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aFloodKeepsItsEndOnly() throws Throwable {
    String program =
        bench.program("flood", "yes 0123456789 | head -c 20000000; echo; echo the end");
    Shell.Result result = bench.run(Shell.of(program));
    assertThat(result.printed()).isEqualTo(20_000_009);
    assertThat(result.output()).hasSize(ProgramRun.MOST_OUTPUT).endsWith("the end\n");
    // Two thousand at once, then a thousand a second.
    assertThat(bench.job.lines()).hasSizeLessThan(20_000);
    assertThat(bench.job.lines()).anyMatch(line -> line.contains("lines were left out"));
  }

  @Test
  void scriptsRunWhereTheQueueSaysSo() throws Throwable {
    var open = new Bench(dir, new Commands(List.of(), true, null, null));
    assertThat(open.run(Shell.script("echo $(($1 + 1)) | tr 3 x", "2")).output()).isEqualTo("x\n");
  }

  @Test
  void everyRunIsAudited() throws Throwable {
    String program = bench.program("ok", "exit 0");
    bench.run(Shell.of(program, "a\nb", "\u001b[2J", "\u202e", "q\"q", "x".repeat(5_000)));
    assertThat(bench.audit).hasSize(2).allMatch(line -> line.chars().noneMatch(c -> c < 32));
    assertThat(bench.audit.getFirst())
        .startsWith("run job=" + bench.job.id() + " queue=\"shell\" attempt=1 pid=")
        .contains(
            "program=\"" + program + "\" args=[\"a\\nb\",\"\\u001b[2J\",\"\\u202e\",\"q\\\"q\"")
        .hasSizeLessThan(2_500);
    assertThat(bench.audit.getLast()).startsWith("end job=").contains(" exit=0 ms=");
  }
}
