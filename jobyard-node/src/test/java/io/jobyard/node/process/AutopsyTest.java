package io.jobyard.node.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.FailureType;
import io.jobyard.node.process.Remains.ErrorFile;
import io.jobyard.node.worker.Farewell;
import io.jobyard.run.Blame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AutopsyTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0   | EXITED    | CRASH  | exited with code 0: System.exit was called",
        "143 | EXITED    | CRASH  | exited with code 143: System.exit was called",
        "143 | SIGNALLED | KILLED | ended from outside by SIGTERM",
        "129 | SIGNALLED | KILLED | ended from outside by SIGHUP",
        "1   | NONE      | CRASH  | exited with code 1 (Runtime.halt)",
        "137 | NONE      | KILLED | SIGKILL (kill -9, or the kernel's out-of-memory killer), or a",
        "134 | NONE      | CRASH  | code 134: SIGABRT, without an error log",
        "139 | NONE      | CRASH  | code 139: SIGSEGV, without an error log",
        "141 | NONE      | KILLED | code 141: SIGPIPE, or a halt(141) by the job",
        "255 | NONE      | CRASH  | exited with code 255 (Runtime.halt)"
      })
  void saysWhatIsKnown(int code, Farewell farewell, FailureType type, String message) {
    Blame blame = Autopsy.blame(new Remains(42, code, List.of("bye"), farewell, null, null));

    assertThat(blame).isNotNull();
    assertThat(blame.type()).isEqualTo(type);
    assertThat(blame.message()).contains(message);
    assertThat(blame.output()).isEqualTo("bye");
    assertThat(blame.pid()).isEqualTo(42);
  }

  @Test
  void outOfMemoryIsToldFromAnyOtherExitWithThree() {
    List<String> output = List.of("Terminating due to java.lang.OutOfMemoryError: Metaspace", "");

    Blame blame = Autopsy.blame(new Remains(42, 3, output, Farewell.NONE, null, null));

    assertThat(blame).isNotNull();
    assertThat(blame.type()).isEqualTo(FailureType.OUT_OF_MEMORY);
    assertThat(blame.message()).contains("(Metaspace)").contains("raise the queue's memory");
  }

  @Test
  void aCrashNamesItsErrorLog() {
    var log =
        new ErrorFile("/run/hs_err_1.log", "SIGSEGV (0xb), in C [libfoo.so]", List.of("# frames"));

    Blame blame = Autopsy.blame(new Remains(42, 134, List.of("bye"), Farewell.NONE, log, null));

    assertThat(blame).isNotNull();
    assertThat(blame.type()).isEqualTo(FailureType.CRASH);
    assertThat(blame.message())
        .isEqualTo(
            "the worker's JVM crashed: SIGSEGV (0xb), in C [libfoo.so]; its error log is"
                + " /run/hs_err_1.log");
    assertThat(blame.output()).isEqualTo("bye\n---- /run/hs_err_1.log ----\n# frames");
  }

  @Test
  void ofAnErrorLogTheCrashAndItsFramesAreKept(@TempDir Path dir) throws Exception {
    Path file =
        Files.write(
            dir.resolve("hs_err_1.log"),
            List.of(
                "# A fatal error has been detected by the Java Runtime Environment:",
                "#  SIGSEGV (0xb) at pc=0x1",
                "---------------  S U M M A R Y ------------",
                "Command Line: -Xmx64m",
                "Current thread (0x2):  JavaThread \"job\"",
                "Native frames: (J=compiled Java code, j=interpreted)",
                "C  [libfoo.so+0x1]",
                "Java frames:",
                "j  app.Mail.run()V+1",
                "Registers:",
                "RAX=0x0"));
    Instant now = Instant.now();

    ErrorFile log = ErrorLog.read(file, now);

    assertThat(log).isNotNull();
    assertThat(log.headline()).isEqualTo("SIGSEGV (0xb) at pc=0x1");
    assertThat(log.excerpt())
        .startsWith("# A fatal error has been detected by the Java Runtime Environment:")
        .contains("C  [libfoo.so+0x1]")
        .endsWith("Java frames:", "j  app.Mail.run()V+1")
        .doesNotContain("Command Line: -Xmx64m");
    assertThat(ErrorLog.read(file, now.plusSeconds(60)))
        .as("another process with its number")
        .isNull();
  }

  @Test
  void nobodyIsToBlameForAWorkerThatLostItsManager() {
    assertThat(Autopsy.blame(new Remains(42, 75, List.of(), Farewell.ORPHANED, null, null)))
        .isNull();
  }

  @Test
  void theLatestErrorLogsAreKept(@TempDir Path dir) throws Exception {
    Instant now = Instant.now();
    for (int i = 1; i <= 40; i++) {
      Path file = Files.writeString(dir.resolve("hs_err_" + i + ".log"), "# SIGSEGV (0xb)\n");
      Files.setLastModifiedTime(file, FileTime.from(now.minusSeconds(i)));
    }
    Files.writeString(dir.resolve("other.log"), "");
    assertThat(ErrorLog.read(dir.resolve("hs_err_1.log"), now.minusSeconds(60))).isNotNull();
    assertThat(dir)
        .isDirectoryContaining("glob:**/hs_err_30.log")
        .isDirectoryNotContaining("glob:**/hs_err_31.log");
    assertThat(dir.toFile().list()).hasSize(31).contains("hs_err_1.log", "other.log");
  }

  @Test
  void theHeadlineOfAnErrorLogSaysWhatAndWhere() {
    List<String> head =
        List.of(
            "#",
            "# A fatal error has been detected by the Java Runtime Environment:",
            "#",
            "#  SIGSEGV (0xb) at pc=0x00007f83, pid=31427, tid=31427",
            "#",
            "# Problematic frame:",
            "# C  [libc.so.6+0x85f14]");

    assertThat(ErrorLog.headline(head))
        .isEqualTo(
            "SIGSEGV (0xb) at pc=0x00007f83, pid=31427, tid=31427, in C  [libc.so.6+0x85f14]");
    assertThat(ErrorLog.headline(List.of())).isEqualTo("a fatal error");
  }
}
