package io.jobyard.faktory;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Kind;
import java.util.concurrent.atomic.AtomicInteger;

/** A job in Java that others push or run too. */
@Kind("greet")
record Greet(String name, int times) implements Job {
  static final AtomicInteger TIMES = new AtomicInteger();

  @Override
  public void run(JobContext job) {
    TIMES.addAndGet(times);
  }
}
