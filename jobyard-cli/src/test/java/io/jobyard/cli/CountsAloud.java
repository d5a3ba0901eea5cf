package io.jobyard.cli;

import static org.awaitility.Awaitility.await;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Prints a number every few milliseconds, until a file is there and it has come far enough. */
@Kind("counts-aloud")
record CountsAloud(String until, int atLeast) implements Job {
  @Override
  public void run(JobContext job) {
    AtomicInteger number = new AtomicInteger();
    await("the file " + until)
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofMinutes(5))
        .until(() -> {
          int i = number.get();
          if (i >= atLeast && Files.exists(Path.of(until))) {
            return true;
          }
          System.out.println("number " + i);
          job.progress(i, 0, "counting");
          number.incrementAndGet();
          return false;
        });
    System.out.print("the last word");
  }
}
