package io.jobyard.cli.demo.jobs;

import io.jobyard.JobContext;
import io.jobyard.Kind;
import io.jobyard.Task;
import java.io.IOException;

/** Fails twice, like a service that comes back; succeeds at its third attempt and returns it. */
@Kind(value = "third-time", queue = "trouble", retries = 3, backoff = "200ms")
public record ThirdTime(String service) implements Task<Integer> {
  @Override
  public Integer call(JobContext job) throws IOException {
    if (job.attempt() < 3) {
      throw new IOException(service + " does not answer");
    }
    return job.attempt();
  }
}
