package io.jobyard.node.worker;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.codec.JobCodec;
import io.jobyard.node.Signals;
import io.jobyard.store.Payload;

/**
 * What every worker needs and takes a JVM long to set up, JSON above all: begun on a second thread
 * while the first one reports to the manager. A worker is not ready before that is done: it would
 * be taken from the time that its first job has.
 */
final class Warmup {
  /** As plain as most jobs are. */
  record Cue(String name, int count) implements Job {
    @Override
    public void run(JobContext job) {
      // it is all about the way here
    }
  }

  private final Thread thread =
      Thread.ofPlatform().daemon().name("jobyard-warmup").start(Warmup::run);

  /** Waits for its end. */
  void await() throws InterruptedException {
    thread.join();
  }

  private static void run() {
    try {
      // Ctrl-C at a terminal reaches all its processes: what becomes of workers, the manager says.
      Signals.on("INT", () -> {});
      Payload unused = payload();
    } catch (Throwable failed) {
      System.err.println("could not get ready ahead of time: " + failed);
    }
  }

  /** One that was also read back, as a job's is before it runs. */
  static Payload payload() {
    return new JobCodec().encode(new Cue("warm-up", 1)).payload();
  }
}
