package io.jobyard.node.worker;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.codec.JobCodec;
import io.jobyard.node.Signals;
import io.jobyard.store.Payload;
import java.math.BigDecimal;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every worker needs and takes a JVM long to set up, JSON above all: begun on threads of its
 * own while the first one reports to the manager. A worker is not ready before that is done: it
 * would be taken from the time that its first job has. What only some jobs need comes after.
 */
final class Warmup {
  /** As plain as most jobs are. */
  record Cue(String name, int count) implements Job {
    @Override
    public void run(JobContext job) {
      LoggerFactory.getLogger(Cue.class).info("{} {}", name, count);
    }
  }

  private final List<Thread> early =
      List.of(begin("json", Warmup::json), begin("numbers", Warmup::numbers));

  /** Waits for what every job needs. */
  void await() throws InterruptedException {
    for (Thread thread : early) {
      thread.join();
    }
  }

  /** Begins what only some jobs need: a job that logs waits for no more than is left of it. */
  void goOn() {
    var unused = begin("logging", Warmup::logging);
  }

  private static Thread begin(String what, Runnable work) {
    return Thread.ofPlatform().daemon().name("jobyard-warmup-" + what).start(() -> attempt(work));
  }

  private static void attempt(Runnable work) {
    try {
      work.run();
    } catch (Throwable failed) {
      System.err.println("could not get ready ahead of time: " + failed);
    }
  }

  private static void json() {
    // Ctrl-C at a terminal reaches all its processes: what becomes of workers, the manager says.
    Signals.on("INT", () -> {});
    Payload unused = payload();
  }

  /** One that was also read back, as a job's is before it runs. */
  static Payload payload() {
    return new JobCodec().encode(new Cue("warm-up", 1)).payload();
  }

  /** Every parser of JSON asks for it, and it multiplies itself a table of large powers first. */
  private static void numbers() {
    BigDecimal unused = BigDecimal.ONE;
  }

  private static void logging() {
    Logger unused = LoggerFactory.getLogger(Warmup.class);
  }
}
