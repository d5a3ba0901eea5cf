package io.jobyard.cli;

import io.jobyard.Job;
import io.jobyard.JobContext;
import io.jobyard.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Prints a number every few milliseconds, until a file is there and it has come far enough. */
@Kind("counts-aloud")
record CountsAloud(String until, int atLeast) implements Job {
  @Override
  public void run(JobContext job) throws Exception {
    for (int i = 0; i < atLeast || !Files.exists(Path.of(until)); i++) {
      System.out.println("number " + i);
      job.progress(i, 0, "counting");
      TimeUnit.MILLISECONDS.sleep(20);
    }
    System.out.print("the last word");
  }
}
