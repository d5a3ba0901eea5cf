package io.jobyard.examples;

import io.jobyard.Address;
import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.JobHandle;
import io.jobyard.Jobyard;
import io.jobyard.OnStart;
import io.jobyard.PushOptions;
import io.jobyard.Services;
import io.jobyard.config.Config;
import io.jobyard.run.LocalNode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A job tells its producer what it finds, and all workers of a queue what has changed. */
public final class LiveMessages {
  private static final CountDownLatch HEARD = new CountDownLatch(3);

  private LiveMessages() {}

  /** What is sent: anything that JSON can carry. */
  public record Found(String file, int lines) {}

  /** Sends while it works. */
  public record Scan(String folder) implements Job {
    @Override
    public void run(JobContext job) {
      job.progress(1, 2, "");
      job.send(new Found(folder + "/a.txt", 17));
      job.progress(2, 2, "");
      job.send(new Found(folder + "/b.txt", 4));
      job.send(Address.allOf("search"), "index of " + folder);
    }
  }

  /** What workers of the queue do when they are told; {@code on-start:} in jobyard.yaml. */
  public static final class Boot implements OnStart {
    @Override
    public void start(Services services) {
      services.onMessage(message -> {
        System.out.println("worker: forget the " + message.as(String.class));
        HEARD.countDown();
      });
    }
  }

  /** Listens to the job, which begins a moment later. */
  public static void main(String[] arguments) throws Exception {
    Config config = Jobyard.configure().store("memory:").onStart(Boot.class.getName()).build();
    try (Jobyard yard = Jobyard.open(config);
        LocalNode node = yard.work("search")) {
      JobHandle<Void> job =
          yard.push(new Scan("docs"), PushOptions.on("search").in(Duration.ofMillis(200)));
      try (var listening =
          job.onMessage(message -> {
            Found found = message.as(Found.class);
            System.out.println("producer: " + found.file() + " has " + found.lines() + " lines");
            HEARD.countDown();
          })) {
        if (!HEARD.await(10, TimeUnit.SECONDS)) {
          System.out.println("nothing was heard");
        }
      }
    }
  }
}
