package io.jobyard.node.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.codec.KindScan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rehearsal that does not come to its end would leave every worker without its cache; and what it
 * sets up on its way shows what every start costs.
 */
class RehearsalTest {
  @Test
  void comesUpRunsItsJobAndLeavesByItself(@TempDir Path dir) throws Exception {
    // As where no class path is configured: Jobyard's own libraries are looked through too.
    byte[] index = KindScan.of(RehearsalTest.class.getClassLoader()).toJson();
    Path kinds = Files.write(dir.resolve("kinds.json"), index);
    Path output = dir.resolve("output");
    Path initialised = dir.resolve("initialised");
    Process rehearsal =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+init:file=" + initialised + ":none:filesize=0",
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
          .doesNotContain("came to nothing", "could not get ready");
      String all = Files.readString(initialised);
      int ready = all.indexOf("io/jobyard/node/frame/Frame$Ready'");
      assertThat(all.substring(ready)).as("of its job").contains("org/slf4j/LoggerFactory'");
      assertThat(all.substring(0, ready))
          .as("what a worker sets up before it is ready")
          .contains("java/math/BigDecimal'", "tools/jackson/databind/json/JsonMapper'")
          .doesNotContain("org/slf4j/LoggerFactory'");
    } finally {
      rehearsal.destroyForcibly();
    }
  }
}
