package io.jobyard.cli.demo.jobs;

import io.jobyard.JobContext;
import io.jobyard.Kind;
import io.jobyard.Task;
import java.time.Instant;

/**
 * Says when it started. Pushed now and then while everything else goes on, it shows how long a job
 * waits in a queue that has a free worker.
 */
@Kind(value = "pulse", queue = "pulse", timeout = "10s")
public record Pulse(int number) implements Task<Instant> {
  @Override
  public Instant call(JobContext job) {
    return Instant.now();
  }
}
