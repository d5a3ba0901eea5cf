package io.jobyard.node.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rehearsal that does not come to its end would leave every worker without its cache. */
class RehearsalTest {
  @Test
  void comesUpRunsItsJobAndLeavesByItself(@TempDir Path dir) throws Exception {
    Path kinds = Files.writeString(dir.resolve("kinds.json"), "[]");
    Path output = dir.resolve("output");
    Process rehearsal =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Rehearsal.class.getName(),
                dir.toString(),
                kinds.toString(),
                RehearsalTest.class.getName(),
                "no.such.Class")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(rehearsal.waitFor(1, TimeUnit.MINUTES)).as("ends by itself").isTrue();
      assertThat(rehearsal.exitValue()).as(Files.readString(output)).isZero();
      assertThat(output)
          .content()
          .contains("not in the cache: java.lang.ClassNotFoundException: no.such.Class")
          .doesNotContain("came to nothing", "could not get ready", "did not succeed");
    } finally {
      rehearsal.destroyForcibly();
    }
  }
}
