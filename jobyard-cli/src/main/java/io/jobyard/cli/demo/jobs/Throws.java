package io.jobyard.cli.demo.jobs;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Kind;

/** Fails whenever it runs. */
@Kind(value = "throws", queue = "trouble", retries = 1, backoff = "200ms")
public record Throws(String order) implements Job {
  @Override
  public void run(JobContext job) {
    throw new IllegalStateException("order " + order + " has no customer");
  }
}
