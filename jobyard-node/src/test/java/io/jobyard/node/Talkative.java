package io.jobyard.node;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Kind;
import io.jobyard.OnStart;
import io.jobyard.Services;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** Jobs for tests of a node: what they print, and where they stand. */
final class Talkative {
  private Talkative() {}

  /** Prints before there is a job. */
  static final class Boot implements OnStart {
    @Override
    public void start(Services services) {
      System.out.println("on-start prints");
    }
  }

  /** Prints by all of its threads at once, and logs. */
  @Kind("prints")
  record Prints(String name, int lines) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      Runnable print =
          () -> {
            for (int i = 0; i < lines; i++) {
              PrintStream to = i % 2 == 0 ? System.out : System.err;
              to.println(name + " " + i);
            }
          };
      Thread platform = Thread.ofPlatform().start(print);
      try (var virtual = Executors.newVirtualThreadPerTaskExecutor()) {
        virtual.execute(print);
        print.run();
      }
      platform.join();
      LoggerFactory.getLogger("talk").info("{} logged", name);
      job.log(name + " said");
      System.out.print(name + " has no end");
    }
  }

  /** Leaves a thread behind that prints once the job is over. */
  @Kind("leaves")
  record Leaves(String goOn) implements Job {
    @Override
    public void run(JobContext job) {
      System.out.println("printed within");
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            while (!Files.exists(Path.of(goOn))) {
              Thread.onSpinWait();
            }
            System.out.println("printed long after");
          });
    }
  }

  @Kind("floods")
  record Floods(int megabytes, int lineLength) implements Job {
    @Override
    public void run(JobContext job) {
      String line = "f".repeat(lineLength);
      for (long bytes = 0; bytes < megabytes * 1_000_000L; bytes += lineLength + 1) {
        System.out.println(line);
      }
      System.out.println("the end of the flood");
    }
  }

  /** Half a megabyte of noise, without a line's end but by chance; then one long line. */
  @Kind("garbles")
  record Garbles() implements Job {
    @Override
    public void run(JobContext job) {
      byte[] noise = new byte[500_000];
      new Random(1).nextBytes(noise);
      System.out.write(noise, 0, noise.length);
      System.out.println();
      System.out.println("x".repeat(100_000));
      System.err.write('e');
    }
  }

  /** Waits for a file with a thread of each kind beside it, spinning first. */
  @Kind("stands")
  record Stands(String until, long spinMillis) implements Job {
    @Override
    public void run(JobContext job) throws Exception {
      job.progress(1, 3, "spinning");
      spin();
      CountDownLatch never = new CountDownLatch(1);
      Thread platform = Thread.ofPlatform().name("helper-p").start(() -> helping(never));
      Thread virtual = Thread.ofVirtual().name("helper-v").start(() -> helping(never));
      job.progress(2, 3, "standing");
      standing();
      never.countDown();
      platform.join();
      virtual.join();
    }

    private void spin() {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(spinMillis);
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }

    private void standing() {
      Gate.await(until);
    }

    private static void helping(CountDownLatch never) {
      try {
        never.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
