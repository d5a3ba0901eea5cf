package io.jobyard.cli.demo.jobs;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes more memory than its worker has.
 *
 * @param chunk how much at a time, in bytes
 */
@Kind(value = "greedy", queue = "trouble", retries = 0)
public record Greedy(int chunk) implements Job {
  @Override
  @SuppressWarnings("InfiniteLoopStatement") // it ends with the memory
  public void run(JobContext job) {
    List<byte[]> kept = new ArrayList<>();
    while (true) {
      kept.add(new byte[chunk]);
      job.progress((long) kept.size() * chunk, 0, "bytes taken");
    }
  }
}
