package io.jobyard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdNoticeTest {
  @TempDir private Path dir;
  private Path told;
  private Path program;

  @BeforeEach
  void makeProgram() throws Exception {
    told = dir.resolve("told");
    program = dir.resolve("notify");
    Files.writeString(program, "#!/bin/sh\nprintf '%s\\n' \"$@\" >" + told + "\nexit 1\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void systemdIsToldWhereItWaits() throws Exception {
    new SystemdNotice(Map.of("NOTIFY_SOCKET", "/run/x"), program.toString()).ready("app-1");

    assertThat(told).hasContent("--ready\n--status=node app-1 takes jobs");
  }

  @Test
  void nobodyIsToldWhereNobodyWaits() throws Exception {
    new SystemdNotice(Map.of(), program.toString()).ready("app-1");

    assertThat(told).doesNotExist();
  }

  @Test
  void aMissingProgramKeepsNoNodeFromItsWork() throws Exception {
    new SystemdNotice(Map.of("NOTIFY_SOCKET", "/run/x"), dir.resolve("none").toString())
        .ready("app-1");

    assertThat(told).doesNotExist();
  }
}
