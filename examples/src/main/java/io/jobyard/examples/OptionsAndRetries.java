package io.jobyard.examples;

import static io.jobyard.Priority.HIGH;
import static io.jobyard.PushOptions.on;

import io.jobyard.Backoff;
import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.JobHandle;
import io.jobyard.Jobyard;
import io.jobyard.Kind;
import io.jobyard.run.LocalNode;
import java.io.IOException;
import java.time.Duration;

/** What a class says holds for all its jobs; what a push says wins. */
public final class OptionsAndRetries {
  private static final Duration SOON = Duration.ofSeconds(10);

  private OptionsAndRetries() {}

  /** A stable name survives a rename of the class; the rest are defaults for its jobs. */
  @Kind(value = "sync-account", queue = "sync", timeout = "30s", retries = 5, backoff = "1s, 5s")
  public record SyncAccount(String account) implements Job {
    @Override
    public void run(JobContext job) throws IOException {
      if (job.attempt() < 3) {
        throw new IOException("the service does not answer");
      }
      System.out.println("synced " + account + " at attempt " + job.attempt());
    }
  }

  /** Pushes jobs that say when and how often. */
  public static void main(String[] arguments) throws Exception {
    try (Jobyard yard = Jobyard.open("memory:");
        LocalNode node = yard.work("sync")) {
      JobHandle<Void> soon =
          yard.push(
              new SyncAccount("acme"), on("sync").backoff(Backoff.fixed(Duration.ofMillis(10))));
      JobHandle<Void> later =
          yard.push(
              new SyncAccount("zenith"),
              on("sync")
                  .in(Duration.ofMillis(200))
                  .priority(HIGH)
                  .retries(2)
                  .backoff(Backoff.fixed(Duration.ofMillis(10))));
      soon.await(SOON);
      later.await(SOON);
    }
  }
}
