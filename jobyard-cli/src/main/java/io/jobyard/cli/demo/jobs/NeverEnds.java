package io.jobyard.cli.demo.jobs;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Kind;

/** Computes for ever, and does not listen to interrupts. */
@Kind(value = "never-ends", queue = "trouble", timeout = "1s", retries = 0)
public record NeverEnds(long seed) implements Job {
  @Override
  public void run(JobContext job) {
    long number = seed;
    while (number != 0) {
      // Every odd number times an odd number is odd, so it is never zero.
      number = (number | 1) * 6364136223846793005L;
    }
  }
}
