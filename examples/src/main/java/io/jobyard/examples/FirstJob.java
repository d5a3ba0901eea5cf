package io.jobyard.examples;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Jobyard;
import io.jobyard.run.LocalNode;
import java.time.Duration;

/** A job is a record that implements Job: its components are the arguments. */
public final class FirstJob {
  private FirstJob() {}

  /** The arguments travel as JSON; the class is found by its name. */
  public record SendWelcome(long userId) implements Job {
    @Override
    public void run(JobContext job) {
      System.out.println("welcome, user " + userId);
    }
  }

  /** Pushes one job and runs it here; a node with worker processes would run it as well. */
  public static void main(String[] arguments) throws Exception {
    try (Jobyard yard = Jobyard.open("memory:");
        LocalNode node = yard.work("default")) {
      yard.push(new SendWelcome(42)).await(Duration.ofSeconds(10));
    }
  }
}
