package io.jobyard.cli.demo.jobs;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Kind;

/** Takes its whole process down, as a crash in native code would. */
@Kind(value = "halts", queue = "trouble", retries = 0)
public record Halts(int exitCode) implements Job {
  @Override
  public void run(JobContext job) {
    Runtime.getRuntime().halt(exitCode);
  }
}
