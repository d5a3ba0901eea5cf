package io.jobyard.node;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A file that jobs of tests wait for, in whichever process; on the job's own thread. */
final class Gate {
  private Gate() {}

  static void await(String file) {
    await(file, () -> {});
  }

  /** Does that again and again until the file is there. */
  static void await(String file, Runnable meanwhile) {
    Awaitility.await("the file " + file)
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofMinutes(5))
        .until(() -> {
          boolean there = Files.exists(Path.of(file));
          if (!there) {
            meanwhile.run();
          }
          return there;
        });
  }
}
