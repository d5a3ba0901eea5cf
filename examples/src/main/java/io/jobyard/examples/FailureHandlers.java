package io.jobyard.examples;

import io.jobyard.Failure;
import io.jobyard.FailureHandler;
import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.JobFailedException;
import io.jobyard.JobHandle;
import io.jobyard.Jobyard;
import io.jobyard.Kind;
import io.jobyard.Verdict;
import io.jobyard.config.Config;
import io.jobyard.run.LocalNode;
import java.time.Duration;

/** Once no attempt is left the job is told, and then its queue, unless the job dealt with it. */
public final class FailureHandlers {
  private FailureHandlers() {}

  /** Cannot be charged. */
  @Kind(value = "charge", retries = 0)
  public record Charge(String order) implements Job {
    @Override
    public void run(JobContext job) {
      throw new IllegalStateException("card of order " + order + " was declined");
    }

    @Override
    public Verdict failed(JobContext job, Failure failure) {
      System.out.println("order " + order + " is on hold");
      return order.startsWith("test-") ? Verdict.HANDLED : Verdict.PASS;
    }
  }

  /** The queue's {@code on-failure}. */
  public static final class Alert implements FailureHandler {
    @Override
    public void onFailure(JobContext job, Failure failure) {
      System.out.println("alert: " + job.kind() + ": " + failure.message());
    }
  }

  /** The first ends with its own handler, the second goes on to the queue's. */
  public static void main(String[] arguments) throws Exception {
    Config config =
        Jobyard.configure()
            .store("memory:")
            .queue("default", queue -> queue.onFailure(Alert.class.getName()))
            .build();
    try (Jobyard yard = Jobyard.open(config);
        LocalNode node = yard.work("default")) {
      report(yard.push(new Charge("test-1")));
      report(yard.push(new Charge("2041")));
    }
  }

  private static void report(JobHandle<Void> job) throws Exception {
    try {
      job.await(Duration.ofSeconds(10));
    } catch (JobFailedException e) {
      System.out.println("failed after " + e.errors().size() + " attempt");
    }
  }
}
