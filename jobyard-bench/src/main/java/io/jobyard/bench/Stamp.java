package io.jobyard.bench;

import io.jobyard.Job;
import io.jobyard.JobContext;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A job that writes down when it started, in the {@link StampFile} of its node's environment: a
 * payload must not be able to name a file.
 *
 * @param line its place there
 */
public record Stamp(int line) implements Job {
  /** The environment variable that names the file. */
  public static final String FILE = "BENCH_STAMPS";

  @Override
  public void run(JobContext job) throws IOException {
    long now = System.nanoTime();
    String file = System.getenv(FILE);
    if (file == null) {
      throw new IllegalStateException(
          FILE + " is not set; this job runs in a benchmark's node only");
    }
    StampFile.write(Path.of(file), line, now);
  }
}
