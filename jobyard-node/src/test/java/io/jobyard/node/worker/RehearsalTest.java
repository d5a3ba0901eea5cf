package io.jobyard.node.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobyard.JobState;
import io.jobyard.codec.KindScan;
import io.jobyard.config.Pool;
import io.jobyard.config.QueueConfig;
import io.jobyard.node.frame.OwnStore;
import io.jobyard.store.JobStore;
import io.jobyard.store.JobView;
import io.jobyard.store.NewJob;
import io.jobyard.store.StoreOptions;
import io.jobyard.store.Stores;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rehearsal that does not come to its end would leave every worker without its cache; and what it
 * sets up on its way shows what every start costs.
 */
class RehearsalTest {
  @TempDir Path dir;

  @Test
  void comesUpRunsItsJobAndLeavesByItself() throws Exception {
    String all = initialised(null);

    assertThat(dir.resolve("output"))
        .content()
        .contains("not in the cache: java.lang.ClassNotFoundException: no.such.Class")
        .doesNotContain("came to nothing", "could not get ready");
    int ready = all.indexOf("io/jobyard/node/frame/Frame$Ready'");
    assertThat(all.substring(ready)).as("of its job").contains("org/slf4j/LoggerFactory'");
    assertThat(all.substring(0, ready))
        .as("what a worker sets up before it is ready")
        .contains("java/math/BigDecimal'", "tools/jackson/databind/json/JsonMapper'")
        .doesNotContain("org/slf4j/LoggerFactory'");
    assertThat(all).doesNotContain("io/jobyard/run/Grabber'");
  }

  @Test
  void takesNoJobFromTheStoreOfThoseWhoTakeThemThemselves() throws Exception {
    String url = "sqlite:" + dir.resolve("jobs.db");
    try (JobStore store = Stores.open(url, StoreOptions.defaults())) {
      NewJob job = NewJob.of(new UUID(1, 1), "mail", Warmup.Cue.class.getName(), new byte[0]);
      store.push(List.of(job));
      String all =
          initialised(
              new OwnStore(
                  url,
                  StoreOptions.defaults(),
                  Duration.ofSeconds(15),
                  Duration.ofDays(7),
                  new Pool("mail", List.of(QueueConfig.named("mail")))));

      assertThat(all)
          .contains("io/jobyard/store/sqlite/", "org/sqlite/JDBC'", "io/jobyard/store/Leased'");
      assertThat(store.find(List.of(job.id())))
          .singleElement()
          .extracting(JobView::state)
          .isEqualTo(JobState.READY);
    }
    assertThat(dir.resolve("output"))
        .content()
        .doesNotContain("came to nothing", "could not get ready", "taking jobs");
  }

  /** Every class that a rehearsal initialises, in that order. */
  private String initialised(@Nullable OwnStore own) throws Exception {
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
    try (OutputStream in = rehearsal.getOutputStream()) {
      if (own != null) {
        own.writeTo(in);
      }
    }
    try {
      assertThat(rehearsal.waitFor(1, TimeUnit.MINUTES)).as("ends by itself").isTrue();
      assertThat(rehearsal.exitValue()).as(Files.readString(output)).isZero();
      return Files.readString(initialised);
    } finally {
      rehearsal.destroyForcibly();
    }
  }
}
