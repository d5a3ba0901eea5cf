package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of the programs that ran, and of those that were refused. */
@EnabledOnOs(OS.LINUX)
class AuditLogTest {
  private static final String MOMENT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ ";

  @TempDir private Path folder;

  @Test
  void everyRunAndEveryRefusalHasItsLines() throws Exception {
    Path bin = Files.createDirectory(folder.toRealPath().resolve("bin"));
    Path hello = Files.writeString(bin.resolve("hello"), "#!/bin/sh\necho hello $1\n");
    Files.setPosixFilePermissions(hello, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(
        folder.resolve("jobyard.yaml"),
        """
        log: {dir: logs}
        queues:
          tools: {commands: '%s/*', retries: 0}
        """
            .formatted(bin));

    String ran = push(hello, "the\nworld");
    assertThat(Ran.in(folder, "queue", "work", "--queue", "tools", "--once").code()).isZero();
    String refused = push(Path.of("/usr/bin/id"), "-u");
    assertThat(Ran.in(folder, "queue", "work", "--queue", "tools", "--once").code()).isEqualTo(1);

    List<String> lines = Files.readAllLines(folder.resolve("logs/audit.log"));
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .matches(MOMENT + "run job=" + ran + " queue=\"tools\" attempt=1 .*")
        .contains("user=\"" + System.getProperty("user.name") + '"')
        .contains("program=\"" + hello + '"')
        .containsPattern("the\\\\\\S+world");
    assertThat(lines.get(1)).matches(MOMENT + "end job=" + ran + " .*exit=0 .*");
    assertThat(lines.get(2))
        .matches(MOMENT + "refused job=" + refused + " .*")
        .contains("program=\"/usr/bin/id\"", "why=\"", "commands does not allow /usr/bin/id");
  }

  private String push(Path program, String argument) {
    Ran push =
        Ran.in(
            folder,
            "push",
            "--queue",
            "tools",
            "--id-only",
            "--command",
            program.toString(),
            "--",
            argument);
    assertThat(push.err()).isEmpty();
    return push.out().strip();
  }
}
